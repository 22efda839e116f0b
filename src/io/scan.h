/**
 * Scanning the tokens of one line of text. Every scanned text ends in a newline, so no function
 * here needs to know its length: none of them steps over a newline.
 */
#ifndef GPH_IO_SCAN_H
#define GPH_IO_SCAN_H

#include "base/env.h"

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** Characters of a quoted token, with the final NUL. */
#define GPH_TOKEN_CHARS 176

/** First character that is neither space nor tab. Local. */
static inline const char *gph_skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t')
        ++at;
    return at;
}

/** Skips blanks with at most one comma among them. Local. */
static inline const char *gph_skip_separator(const char *at, bool commas)
{
    at = gph_skip_blanks(at);
    return commas && *at == ',' ? gph_skip_blanks(at + 1) : at;
}

/** True at the end of a line: "\n" or "\r\n". Local. */
static inline bool gph_at_line_end(const char *at)
{
    return *at == '\n' || (*at == '\r' && at[1] == '\n');
}

/** First character of the next line. `end` is the end of the text. Local. */
static inline const char *gph_next_line(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return newline == NULL ? end : newline + 1;
}

/** True where a token ends. Local. */
static inline bool gph_at_token_end(const char *at, bool commas)
{
    return *at == ' ' || *at == '\t' || *at == '\n' || (commas && *at == ',') ||
           (*at == '\r' && at[1] == '\n');
}

/** Makes the "C" locale, in which numbers are read and written whatever the program has set. Local.
 */
gph_status_t gph_numbers_open(gph_env_t *env, locale_t *numbers);

/** Frees the locale; (locale_t)0 is fine. Local. */
void gph_numbers_close(locale_t *numbers);

/** Digits that always fit in 63 bits. */
enum { GPH_SAFE_DIGITS = 18 };

/** Value of digits [begin, end); false when it is over 2^63-1. Local. */
bool gph_scan_long(const char *begin, const char *end, int64_t *value);

/**
 * Scans a token that is an integer from 0 to 2^63-1 in decimal. Local.
 * @return the character after it, or NULL when the token is something else
 */
static inline const char *gph_scan_id(const char *at, bool commas, int64_t *value)
{
    const char *begin = at;
    uint64_t sum = 0;
    for (; (unsigned char)(*at - '0') <= 9; ++at)
        sum = sum * 10 + (unsigned char)(*at - '0');
    if (at == begin || !gph_at_token_end(at, commas))
        return NULL;
    *value = (int64_t)sum;
    if (at - begin > GPH_SAFE_DIGITS && !gph_scan_long(begin, at, value))
        return NULL;
    return at;
}

/**
 * Scans a token that is a finite decimal number, correctly rounded. Local.
 * @param numbers the "C" locale, as strtod() goes by the locale of the thread
 * @return the character after it, or NULL when the token is something else
 */
const char *gph_scan_number(const char *at, bool commas, locale_t numbers, double *value);

/** Copies the token at `at`, shortened and with odd bytes as \xHH, for a message. Local. */
const char *gph_token_quote(const char *at, bool commas, char text[GPH_TOKEN_CHARS]);

/** Why gph_scan_id() refused the token, as the beginning of a message. Local. */
void gph_explain_id(const char *at, bool commas, const char *what, char *text, size_t room);

/**
 * Writes a double in the fewest of 15, 16 or 17 digits that give it back. Local.
 * @param numbers the "C" locale
 * @param text    [32]
 * @return characters written
 */
int gph_number_format(double value, locale_t numbers, char text[32]);

/** Newlines in text[size]. Local. */
int64_t gph_count_newlines(const char *text, int64_t size);

#endif
