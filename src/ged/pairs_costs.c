/* Tables of costs by pairs of labels, from a file or a text. */
#include "ged/pairs.h"
#include "io/file.h"
#include "io/lines.h"
#include "io/parse.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct reader {
    gph_context_t *context;
    const gph_symbols_t *symbols; /* labels of the collection */
    const char *name;             /* of the source, for messages */
    int64_t line;
    locale_t numbers;
    double *table; /* [side × side], NAN where nothing is told */
    int64_t side;
    bool symmetric;
    int64_t unknown; /* lines of labels that are not there */
} reader_t;

__attribute__((format(printf, 2, 3))) static gph_status_t fail(const reader_t *reader,
                                                               const char *format, ...)
{
    char text[400];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return gph_fail(reader->context->env, GPH_ERR_INPUT, "%s:%" PRId64 ": %s", reader->name,
                    reader->line, text);
}

/* A field of a line: up to a tab where the line has some, else up to a blank. */
typedef struct word {
    const char *at;
    int64_t size;
} word_t;

static word_t next_word(const char **at, const char *end, bool tabs)
{
    word_t word = {*at, 0};
    while (!tabs && word.at < end && (*word.at == ' ' || *word.at == '\r'))
        word.at++;
    const char *stop = word.at;
    while (stop < end && *stop != '\t' && !(!tabs && *stop == ' ') &&
           !(*stop == '\r' && stop + 1 == end))
        stop++;
    word.size = stop - word.at;
    *at = stop < end ? stop + 1 : end;
    return word;
}

/* Number of a label, the last place for none; -1 when the collection has not got it. */
static int64_t place_of(const reader_t *reader, word_t word)
{
    if (word.size == 1 && *word.at == '-')
        return reader->side - 1;
    if (word.size == 2 && memcmp(word.at, "\\-", 2) == 0)
        word = (word_t){word.at + 1, 1};
    return gph_symbols_find(reader->symbols, word.at, word.size);
}

static gph_status_t scan_cost(const reader_t *reader, word_t word, double *cost)
{
    char line[64];
    const int length =
        snprintf(line, sizeof line, "%.*s\n", (int)(word.size < 60 ? word.size : 60), word.at);
    const char *after = gph_scan_number(line, false, reader->numbers, cost);
    if (word.size >= 60 || after == NULL || after != line + length - 1)
        return fail(reader, "'%.*s' where a cost, a finite number, is expected",
                    (int)(word.size < 60 ? word.size : 60), word.at);
    if (*cost < 0)
        return fail(reader, "a cost of %g; costs must not be negative", *cost);
    return GPH_OK;
}

static gph_status_t set_cost(reader_t *reader, int64_t a, int64_t b, double cost)
{
    double *cell = &reader->table[a * reader->side + b];
    if (!isnan(*cell) && !(reader->symmetric && a == b))
        return fail(reader, "a cost of this pair of labels is told already%s",
                    reader->symmetric ? "; the table is symmetric" : "");
    *cell = cost;
    return GPH_OK;
}

static gph_status_t read_line(reader_t *reader, const char *line, int64_t size)
{
    gph_status_t status = GPH_OK;
    const char *end = line + size;
    const bool tabs = memchr(line, '\t', (size_t)size) != NULL;
    const char *at = line;
    double cost = 0;

    const word_t first = next_word(&at, end, tabs);
    if (first.size == 0 || *first.at == '#')
        return GPH_OK;
    const word_t second = next_word(&at, end, tabs);
    if (second.size == 0 && first.size == 9 && memcmp(first.at, "symmetric", 9) == 0) {
        reader->symmetric = true;
        return GPH_OK;
    }
    const word_t third = next_word(&at, end, tabs);
    if (third.size == 0 || next_word(&at, end, tabs).size != 0)
        return fail(reader, "a line is `label label cost`, with tabs between where labels have "
                            "blanks");
    GPH_TRY(scan_cost(reader, third, &cost));
    const int64_t a = place_of(reader, first);
    const int64_t b = place_of(reader, second);
    if (a == reader->side - 1 && b == a)
        return fail(reader, "a cost of turning nothing into nothing");
    if (a < 0 || b < 0) {
        reader->unknown++;
        return GPH_OK;
    }
    GPH_TRY(set_cost(reader, a, b, cost));
    if (reader->symmetric && a != b)
        GPH_TRY(set_cost(reader, b, a, cost));

cleanup:
    return status;
}

static gph_status_t read_file(reader_t *reader, gph_lines_t *lines)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;

    GPH_TRY(gph_lines_head(lines, &line));
    while (line != NULL) {
        reader->line = lines->head;
        GPH_TRY(read_line(reader, line, strchr(line, '\n') - line));
        GPH_TRY(gph_lines_head(lines, &line));
    }

cleanup:
    return status;
}

static gph_status_t read_text(reader_t *reader, const char *text)
{
    gph_status_t status = GPH_OK;

    while (*text != '\0') {
        const size_t size = strcspn(text, "\n;");
        reader->line++;
        GPH_TRY(read_line(reader, text, (int64_t)size));
        text += size + (text[size] != '\0');
    }

cleanup:
    return status;
}

static gph_status_t open_table(reader_t *reader)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = reader->context->env;

    GPH_TRY(gph_alloc(env, reader->side * reader->side, sizeof *reader->table, &reader->table));
    for (int64_t i = 0; i < reader->side * reader->side; i++)
        reader->table[i] = NAN;
    GPH_TRY(gph_numbers_open(env, &reader->numbers));

cleanup:
    return status;
}

/* Fills what no line told. */
static void fill(reader_t *reader, const gph_ged_cost_t *cost)
{
    const int64_t last = reader->side - 1;
    for (int64_t a = 0; a < reader->side; a++)
        for (int64_t b = 0; b < reader->side; b++) {
            double *cell = &reader->table[a * reader->side + b];
            if (isnan(*cell))
                *cell = a == b      ? 0
                        : a == last ? cost->insert
                        : b == last ? cost->remove
                                    : cost->substitute;
        }
}

gph_status_t gph_ged_cost_table(const gph_collection_t *collection, gph_ged_part_t part,
                                const char *source, gph_ged_cost_t *cost)
{
    gph_status_t status = GPH_OK;
    gph_lines_t lines = {.descriptor = -1};

    if (collection == NULL || source == NULL || cost == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = collection->context;
    const gph_symbols_t *symbols =
        part == GPH_GED_NODES ? &collection->set.node_symbols : &collection->set.edge_symbols;
    const bool inline_text = strpbrk(source, "\n;") != NULL;
    reader_t reader = {.context = context,
                       .symbols = symbols,
                       .side = (int64_t)gph_symbols_count(symbols) + 1,
                       .name = inline_text ? "table of costs" : gph_path_shown(source)};
    if (cost->kind != GPH_GED_COST_CONSTANT)
        GPH_TRY(gph_fail(context->env, GPH_ERR_USAGE,
                         "%s: a table of costs goes with costs that are constants otherwise",
                         reader.name));
    GPH_TRY_ALL(context, open_table(&reader));
    if (inline_text) {
        GPH_TRY_ALL(context, read_text(&reader, source));
    } else {
        GPH_TRY(gph_lines_open(context, source, false, &lines));
        GPH_TRY_ALL(context, read_file(&reader, &lines));
    }
    fill(&reader, cost);
    if (reader.unknown > 0)
        gph_log_root(context, GPH_LOG_WARN,
                     "%s: %" PRId64 " lines are of labels that the graphs have not", reader.name,
                     reader.unknown);
    cost->kind = GPH_GED_COST_TABLE;
    cost->labels = (int32_t)(reader.side - 1);
    cost->table = reader.table;
    reader.table = NULL;

cleanup:
    gph_lines_close(&lines);
    gph_numbers_close(&reader.numbers);
    gph_free(reader.table);
    return status;
}

void gph_ged_cost_free(gph_ged_cost_t *cost)
{
    if (cost->kind != GPH_GED_COST_TABLE)
        return;
    gph_free((void *)(uintptr_t)cost->table);
    cost->table = NULL;
    cost->labels = 0;
    cost->kind = GPH_GED_COST_CONSTANT;
}
