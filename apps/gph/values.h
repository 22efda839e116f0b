/** Values of settings from text. All calls are local; outputs stay unchanged on failure. */
#ifndef GPH_APP_VALUES_H
#define GPH_APP_VALUES_H

#include <stdbool.h>
#include <stdint.h>

/** Whole decimal number with an optional sign; false for anything else and beyond 64 bits. */
bool app_parse_integer(const char *text, int64_t *value);

/** Finite decimal number that is not negative; false for anything else. */
bool app_parse_real(const char *text, double *value);

/**
 * Size in bytes: a decimal number, fraction allowed, and a unit of either case. K, M, G, T and KiB,
 * MiB, GiB, TiB are powers of 1024; kB, MB, GB, TB powers of 1000; B or nothing is bytes. A part of
 * a byte is cut off.
 */
bool app_parse_size(const char *text, int64_t *bytes);

/**
 * Length of time in milliseconds: a decimal number, fraction allowed, with ms, s, m, h or d (none:
 * seconds), or HH:MM:SS with any number of hours.
 */
bool app_parse_duration(const char *text, int64_t *milliseconds);

/** true, yes, on, 1 or false, no, off, 0. */
bool app_parse_bool(const char *text, int64_t *value);

/** Index of text among choices such as "auto|always|never". */
bool app_parse_choice(const char *text, const char *choices, int64_t *index);

/** Writes bytes for people: "1.5 GiB", "312 B". Returns text. */
char *app_format_size(int64_t bytes, char text[32]);

#endif
