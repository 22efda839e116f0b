/**
 * Parsed specification `name:key=value,key=value`.
 *
 * A backslash before a comma, an equals sign or another backslash takes away what it means here,
 * so that a path with a comma is written `text:path=a\,b.txt`; before anything else it stands for
 * itself. Only the first equals sign of a part divides key from value.
 */
#ifndef GPH_GRAPH_SPEC_H
#define GPH_GRAPH_SPEC_H

#include "base/env.h"

#define GPH_SPEC_KEYS  16
#define GPH_SPEC_CHARS 4096

typedef struct gph_spec {
    char text[GPH_SPEC_CHARS];  /**< as given, for messages */
    char store[GPH_SPEC_CHARS]; /**< the parts below, cut by NULs */
    const char *name;           /**< before the first colon, in `store` */
    int keys;
    const char *key[GPH_SPEC_KEYS];
    const char *value[GPH_SPEC_KEYS];
    bool used[GPH_SPEC_KEYS]; /**< set by the getters, read by gph_spec_finish() */
} gph_spec_t;

/** True when text looks like `name:…` with a name of lower-case letters. Local. */
bool gph_spec_looks_like(const char *text);

/** Parses text. Local. GPH_ERR_USAGE with a message for anything malformed, an empty part, key or
 *  value and a repeated key. A part without '=' is the value of key "path" (`text:README.md` equals
 *  `text:path=README.md`). The parts point into *spec, so a copy of it needs parsing anew. */
gph_status_t gph_spec_parse(gph_env_t *env, const char *text, gph_spec_t *spec);

/** Integer in [low, high]; `fallback` when absent; low > fallback makes the key obligatory. Local.
 */
gph_status_t gph_spec_get_i64(gph_env_t *env, gph_spec_t *spec, const char *key, int64_t low,
                              int64_t high, int64_t fallback, int64_t *value);

/** Number in [low, high], as gph_spec_get_i64(); a decimal point whatever the locale. Local. */
gph_status_t gph_spec_get_f64(gph_env_t *env, gph_spec_t *spec, const char *key, double low,
                              double high, double fallback, double *value);

/** Text; NULL fallback makes it obligatory (pass "" for none). Points into spec. Local. */
gph_status_t gph_spec_get_text(gph_env_t *env, gph_spec_t *spec, const char *key,
                               const char *fallback, const char **value);

/** Fails with GPH_ERR_USAGE, naming the known keys, when a key was not asked for. Local. */
gph_status_t gph_spec_finish(gph_env_t *env, const gph_spec_t *spec, const char *known);

#endif
