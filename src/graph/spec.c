/* Parsing of specifications and typed access to their values. */
#include "graph/spec.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/** Where the parser is: `from` is read, `to` is where the next character of `store` goes. */
typedef struct gph_spec_parser {
    gph_env_t *env;
    gph_spec_t *spec;
    const char *from;
    char *to;
} gph_spec_parser_t;

/** Length of the name when text begins with lower-case letters and a colon, or 0. */
static size_t name_length(const char *text)
{
    size_t length = 0;
    while (text[length] >= 'a' && text[length] <= 'z')
        length++;
    return text[length] == ':' ? length : 0;
}

bool gph_spec_looks_like(const char *text)
{
    return text != NULL && name_length(text) > 0;
}

/** Copies characters up to an unescaped comma or, where `key` is wanted, an equals sign. */
static const char *copy_word(gph_spec_parser_t *parser, bool key)
{
    const char *word = parser->to;
    while (*parser->from != '\0' && *parser->from != ',' && !(key && *parser->from == '=')) {
        const char next = parser->from[1];
        if (*parser->from == '\\' && (next == ',' || next == '=' || next == '\\'))
            parser->from++;
        *parser->to++ = *parser->from++;
    }
    *parser->to++ = '\0';
    return word;
}

static int find_key(const gph_spec_t *spec, const char *key)
{
    for (int i = 0; i < spec->keys; i++) {
        if (strcmp(spec->key[i], key) == 0)
            return i;
    }
    return -1;
}

/** Reads one `key=value`, or the value of "path", up to the next comma or the end. */
static gph_status_t parse_part(gph_spec_parser_t *parser)
{
    gph_spec_t *spec = parser->spec;
    const char *key = copy_word(parser, true);
    const char *value = key;
    if (*parser->from == '=') {
        parser->from++;
        value = copy_word(parser, false);
    } else {
        key = "path";
    }
    if (*key == '\0' || *value == '\0')
        return gph_fail(parser->env, GPH_ERR_USAGE,
                        "%s: a part is empty; write name:key=value,key=value", spec->text);
    if (find_key(spec, key) >= 0)
        return gph_fail(parser->env, GPH_ERR_USAGE,
                        "%s: key %s is given twice (a comma inside a value is written \\,)",
                        spec->text, key);
    if (spec->keys == GPH_SPEC_KEYS)
        return gph_fail(parser->env, GPH_ERR_USAGE, "%s: more than %d keys", spec->text,
                        GPH_SPEC_KEYS);
    spec->key[spec->keys] = key;
    spec->value[spec->keys] = value;
    spec->keys++;
    return GPH_OK;
}

/** Copies a parsed specification; what pointed into the old store points into the new one. */
static void copy_spec(const gph_spec_t *from, gph_spec_t *to)
{
    *to = *from;
    to->name = to->store;
    for (int i = 0; i < from->keys; i++) {
        /* "path" may be the constant of parse_part() instead of a part of the store. */
        if (strcmp(from->key[i], "path") == 0)
            to->key[i] = "path";
        else
            to->key[i] = to->store + (from->key[i] - from->store);
        to->value[i] = to->store + (from->value[i] - from->store);
    }
}

gph_status_t gph_spec_parse(gph_env_t *env, const char *text, gph_spec_t *spec)
{
    gph_spec_t parsed = {.keys = 0};
    gph_spec_parser_t parser = {.env = env, .spec = &parsed, .to = parsed.store};
    const size_t name = text ? name_length(text) : 0;
    if (name == 0)
        return gph_fail(env, GPH_ERR_USAGE,
                        "%.200s: not a specification; write name:key=value,key=value",
                        text ? text : "(none)");
    /* A part without '=' adds no NUL but its own, so `store` needs no more than `text`. */
    if (strlen(text) >= GPH_SPEC_CHARS)
        return gph_fail(env, GPH_ERR_USAGE, "%.200s…: longer than %d characters", text,
                        GPH_SPEC_CHARS - 1);
    memcpy(parsed.text, text, strlen(text) + 1);
    memcpy(parsed.store, text, name);
    parser.to += name;
    *parser.to++ = '\0';
    parser.from = text + name + 1;
    bool more = *parser.from != '\0';
    while (more) {
        const gph_status_t status = parse_part(&parser);
        if (status != GPH_OK)
            return status;
        more = *parser.from == ',';
        parser.from += more;
    }
    copy_spec(&parsed, spec);
    return GPH_OK;
}

gph_status_t gph_spec_get_text(gph_env_t *env, gph_spec_t *spec, const char *key,
                               const char *fallback, const char **value)
{
    const int i = find_key(spec, key);
    if (i >= 0) {
        spec->used[i] = true;
        *value = spec->value[i];
        return GPH_OK;
    }
    if (fallback == NULL)
        return gph_fail(env, GPH_ERR_USAGE, "%s: key %s is missing", spec->text, key);
    *value = fallback;
    return GPH_OK;
}

/** True when all of text is an integer that 64 bits hold. */
static bool parse_i64(const char *text, int64_t *value)
{
    char *end = NULL;
    const bool starts = (*text >= '0' && *text <= '9') || *text == '-';
    errno = 0;
    const long long number = strtoll(text, &end, 10);
    if (!starts || end == text || *end != '\0' || errno != 0)
        return false;
    *value = number;
    return true;
}

/** True when all of text is a number, read in the "C" locale whatever the caller has set. */
static bool parse_f64(const char *text, double *value)
{
    char *end = NULL;
    const bool starts = (*text >= '0' && *text <= '9') || *text == '-' || *text == '.';
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return false;
    locale_t before = uselocale(c);
    const double number = strtod(text, &end);
    uselocale(before);
    freelocale(c);
    if (!starts || end == text || *end != '\0')
        return false;
    *value = number;
    return true;
}

gph_status_t gph_spec_get_i64(gph_env_t *env, gph_spec_t *spec, const char *key, int64_t low,
                              int64_t high, int64_t fallback, int64_t *value)
{
    const char *text = "";
    int64_t number = fallback;
    const gph_status_t status =
        gph_spec_get_text(env, spec, key, low > fallback ? NULL : "", &text);
    if (status != GPH_OK)
        return status;
    if (*text != '\0' && (!parse_i64(text, &number) || number < low || number > high))
        return gph_fail(env, GPH_ERR_USAGE, "%s: %s must be an integer from %lld to %lld, not '%s'",
                        spec->text, key, (long long)low, (long long)high, text);
    *value = number;
    return GPH_OK;
}

gph_status_t gph_spec_get_f64(gph_env_t *env, gph_spec_t *spec, const char *key, double low,
                              double high, double fallback, double *value)
{
    const char *text = "";
    double number = fallback;
    const gph_status_t status =
        gph_spec_get_text(env, spec, key, low > fallback ? NULL : "", &text);
    if (status != GPH_OK)
        return status;
    /* Written so that a NaN is out of range. */
    if (*text != '\0' && !(parse_f64(text, &number) && number >= low && number <= high))
        return gph_fail(env, GPH_ERR_USAGE, "%s: %s must be a number from %g to %g, not '%s'",
                        spec->text, key, low, high, text);
    *value = number;
    return GPH_OK;
}

gph_status_t gph_spec_finish(gph_env_t *env, const gph_spec_t *spec, const char *known)
{
    for (int i = 0; i < spec->keys; i++) {
        if (!spec->used[i])
            return gph_fail(env, GPH_ERR_USAGE, "%s: unknown key %s; %s knows %s", spec->text,
                            spec->key[i], spec->name, known);
    }
    return GPH_OK;
}
