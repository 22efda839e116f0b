/* Reading expressions, without recursion: the depth of an expression is bounded by memory alone. */
#include "graph/expression.h"
#include "graph/text_units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <utf8proc.h>

/* Bytes of a token that messages show. */
enum { SHOWN_BYTES = 40 };

/* A node whose operands are being read. */
typedef struct frame {
    int64_t node;
    int64_t at;                       /**< byte where it, or its parenthesis, begins */
    int64_t have;                     /**< operands so far */
    int64_t want;                     /**< operands; -1: up to the parenthesis that closes */
    const gph_operation_t *operation; /**< NULL for a function that is not in the table */
} frame_t;

typedef struct reader {
    gph_env_t *env;
    gph_expression_source_t source;
    const char *text;
    int64_t size;
    int64_t at;         /**< first byte not read */
    int64_t open;       /**< byte of a parenthesis that waits for its operator, or -1 */
    bool complete;      /**< the expression is all there */
    gph_array_t frames; /**< frame_t: innermost last */
    gph_expression_t *expression;
} reader_t;

/* --- messages ------------------------------------------------------------------------------- */

/* Fails with a token and what is wrong with it; the place is that of a byte. */
static gph_status_t fail_at(const reader_t *reader, int64_t byte, const char *token, int64_t length,
                            const char *wrong)
{
    gph_text_place_t place = {0};
    char copy[SHOWN_BYTES] = "";
    int64_t shown = length;

    (void)gph_text_check(reader->text, byte, &place);
    if (shown > SHOWN_BYTES) {
        shown = SHOWN_BYTES;
        while (shown > 0 && ((unsigned char)token[shown] & 0xc0) == 0x80)
            --shown;
    }
    for (int64_t i = 0; i < shown; ++i)
        if ((unsigned char)token[i] < ' ' || token[i] == 0x7f)
            copy[i] = '?';
        else
            copy[i] = token[i];
    return gph_fail(reader->env, GPH_ERR_INPUT, "%s:%" PRId64 ":%" PRId64 ": '%.*s%s'%s",
                    reader->source.name, reader->source.line + place.lines, place.column,
                    (int)shown, copy, shown < length ? "..." : "", wrong);
}

/* Fails because of the number of operands of a node. */
static gph_status_t fail_operands(const reader_t *reader, const frame_t *frame)
{
    const gph_expression_node_t node = gph_expression_node(reader->expression, frame->node);
    const gph_operation_t *operation = frame->operation;
    const int64_t most = frame->want >= 0 ? frame->want : operation ? operation->most : 0;
    const int64_t least = frame->want >= 0 ? frame->want : operation ? operation->least : 1;
    char more[120] = "";
    char range[48] = "";

    if (most == 0)
        snprintf(range, sizeof range, "at least %" PRId64, least);
    else if (least < most)
        snprintf(range, sizeof range, "%" PRId64 " or %" PRId64, least, most);
    else
        snprintf(range, sizeof range, "%" PRId64, most);
    snprintf(more, sizeof more, " takes %s operand%s and has %" PRId64, range,
             least == 1 && most <= 1 ? "" : "s", frame->have);
    return fail_at(reader, frame->at, node.text, node.length, more);
}

/* --- tokens --------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* End of the token that begins at `begin`: a parenthesis, or all up to a blank or parenthesis. */
static int64_t token_end(const reader_t *reader, int64_t begin)
{
    int64_t end = begin;
    if (reader->text[begin] == '(' || reader->text[begin] == ')')
        return begin + 1;
    while (end < reader->size && !is_blank(reader->text[end]) && reader->text[end] != '(' &&
           reader->text[end] != ')')
        ++end;
    return end;
}

/* What a character beyond ASCII may be part of: letters, marks, digits and signs show something. */
static bool is_sign(int32_t point)
{
    const utf8proc_category_t category = utf8proc_category(point);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO) ||
           (category >= UTF8PROC_CATEGORY_SM && category <= UTF8PROC_CATEGORY_SO);
}

static bool is_name(const char *text, int64_t length)
{
    for (int64_t at = 0; at < length;) {
        const char c = text[at];
        int32_t point = 0;
        if ((unsigned char)c < 0x80) {
            const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
            const bool digit = (c >= '0' && c <= '9') || c == '\'';
            if (!letter && !(digit && at > 0))
                return false;
            ++at;
            continue;
        }
        at += utf8proc_iterate((const utf8proc_uint8_t *)text + at, length - at, &point);
        if (!is_sign(point))
            return false;
    }
    return true;
}

/* --- nodes ---------------------------------------------------------------------------------- */

/* A node is there with all its operands: it is one of those of the nodes that wait. */
static void finish_node(reader_t *reader)
{
    while (reader->frames.count > 0) {
        frame_t *top = (frame_t *)reader->frames.data + reader->frames.count - 1;
        top->have += 1;
        if (top->have != top->want)
            return;
        reader->frames.count -= 1;
    }
    reader->complete = true;
}

/* An operator or function; its operands follow. */
static gph_status_t add_head(reader_t *reader, const gph_operation_t *operation, int64_t begin,
                             int64_t length)
{
    gph_status_t status = GPH_OK;
    const bool grouped = operation == NULL || reader->open >= 0;
    const int type = (operation ? (int)operation->type : (int)GPH_NODE_FUNCTION) |
                     (grouped ? GPH_NODE_GROUPED : 0);
    const frame_t frame = {
        .node = gph_expression_count(reader->expression),
        .at = grouped ? reader->open : begin,
        .want = grouped ? -1 : operation->usual,
        .operation = operation,
    };

    reader->open = -1;
    GPH_TRY(gph_expression_push(reader->expression, type, 0, reader->text + begin, length));
    GPH_TRY(gph_array_push(&reader->frames, &frame));
    if (!grouped)
        ((int64_t *)reader->expression->operands.data)[frame.node] = operation->usual;

cleanup:
    return status;
}

static gph_status_t add_number(reader_t *reader, gph_node_type_t type, int64_t begin,
                               int64_t length)
{
    gph_status_t status = GPH_OK;
    const char *text = reader->text + begin;
    double value = 0;

    GPH_TRY(gph_number_value(reader->env, text, length, &value));
    if (isinf(value))
        GPH_TRY(fail_at(reader, begin, text, length, " is too large for a double"));
    GPH_TRY(gph_expression_push(reader->expression, (int)type, 0, text, length));
    finish_node(reader);

cleanup:
    return status;
}

/* Any token but a parenthesis. */
static gph_status_t add_token(reader_t *reader, int64_t begin, int64_t length)
{
    gph_status_t status = GPH_OK;
    const char *text = reader->text + begin;
    const gph_node_type_t number = gph_number_type(text, length);
    const gph_operation_t *operation = gph_operation_find(text, length);

    if (reader->open >= 0 && number != GPH_NODE_PLAIN)
        return fail_at(reader, begin, text, length,
                       " is a number; after '(' an operator or function is expected");
    if (number != GPH_NODE_PLAIN)
        return add_number(reader, number, begin, length);
    if (operation == NULL && !is_name(text, length))
        return fail_at(reader, begin, text, length, " is no number, symbol, operator or function");
    if (operation != NULL || reader->open >= 0)
        return add_head(reader, operation, begin, length);
    GPH_TRY(gph_expression_push(reader->expression, GPH_NODE_SYMBOL, 0, text, length));
    finish_node(reader);

cleanup:
    return status;
}

static gph_status_t close_group(reader_t *reader, int64_t begin)
{
    if (reader->open >= 0)
        return fail_at(reader, reader->open, "()", 2,
                       " holds nothing; an operator or function is expected");
    if (reader->frames.count == 0)
        return fail_at(reader, begin, ")", 1, " closes what was not opened");
    const frame_t frame = ((const frame_t *)reader->frames.data)[reader->frames.count - 1];
    if (frame.want >= 0)
        return fail_operands(reader, &frame);
    const gph_operation_t *operation = frame.operation;
    const int64_t least = operation ? operation->least : 1;
    if (frame.have < least || (operation && operation->most > 0 && frame.have > operation->most))
        return fail_operands(reader, &frame);
    ((int64_t *)reader->expression->operands.data)[frame.node] = frame.have;
    reader->frames.count -= 1;
    finish_node(reader);
    return GPH_OK;
}

/* --- all of it ------------------------------------------------------------------------------ */

static gph_status_t read_token(reader_t *reader)
{
    const int64_t begin = reader->at;
    const int64_t length = token_end(reader, begin) - begin;
    const char *text = reader->text + begin;

    reader->at += length;
    if (reader->complete)
        return fail_at(reader, begin, text, length,
                       " follows a complete expression; one is expected");
    if (*text == ')')
        return close_group(reader, begin);
    if (*text != '(')
        return add_token(reader, begin, length);
    if (reader->open >= 0)
        return fail_at(reader, begin, "(", 1,
                       " follows another one; an operator or function is expected");
    reader->open = begin;
    return GPH_OK;
}

/* What is missing at the end. */
static gph_status_t check_end(const reader_t *reader)
{
    if (reader->open >= 0)
        return fail_at(reader, reader->open, "(", 1, " is not closed");
    if (reader->frames.count > 0) {
        const frame_t *top = (const frame_t *)reader->frames.data + (reader->frames.count - 1);
        if (top->want < 0)
            return fail_at(reader, top->at, "(", 1, " is not closed");
        return fail_operands(reader, top);
    }
    if (!reader->complete)
        return gph_fail(reader->env, GPH_ERR_INPUT, "%s:%" PRId64 ":1: there is no expression",
                        reader->source.name, reader->source.line);
    return GPH_OK;
}

gph_status_t gph_expression_read(gph_env_t *env, gph_expression_source_t source, const char *text,
                                 int64_t size, gph_expression_t *expression)
{
    gph_status_t status = GPH_OK;
    gph_text_place_t bad = {0};
    reader_t reader = {
        .env = env,
        .source = source,
        .text = text,
        .size = size,
        .open = -1,
        .frames = gph_array_init(env, sizeof(frame_t)),
        .expression = expression,
    };

    if (!gph_text_check(text, size, &bad))
        GPH_TRY(gph_fail(env, GPH_ERR_INPUT,
                         "%s:%" PRId64 ":%" PRId64 ": malformed UTF-8 (byte 0x%02x)", source.name,
                         source.line + bad.lines, bad.column, (unsigned char)text[bad.offset]));
    while (reader.at < size) {
        if (is_blank(text[reader.at]))
            reader.at += 1;
        else
            GPH_TRY(read_token(&reader));
    }
    GPH_TRY(check_end(&reader));

cleanup:
    gph_array_free(&reader.frames);
    return status;
}

gph_status_t gph_expression_parse(gph_context_t *context, const char *text, int64_t size,
                                  gph_expression_t **expression)
{
    gph_status_t status = GPH_OK;
    const gph_expression_source_t source = {.name = "expression", .line = 1};
    gph_expression_t *made = NULL;

    if (context == NULL || size < 0 || (size > 0 && text == NULL) || expression == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY(gph_alloc(context->env, 1, sizeof *made, &made));
    *made = gph_expression_init(context->env);
    GPH_TRY(gph_expression_read(context->env, source, text, size, made));
    *expression = made;
    made = NULL;

cleanup:
    gph_expression_destroy(&made);
    return status;
}
