/* Parsing of the values that settings can have, exact and without regard to the locale. */
#include "values.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A unit and what it stands for. */
typedef struct unit {
    const char *name;
    int64_t factor;
} unit_t;

static const unit_t size_units[] = {
    {"", 1},
    {"b", 1},
    {"k", INT64_C(1) << 10},
    {"kib", INT64_C(1) << 10},
    {"kb", 1000},
    {"m", INT64_C(1) << 20},
    {"mib", INT64_C(1) << 20},
    {"mb", 1000000},
    {"g", INT64_C(1) << 30},
    {"gib", INT64_C(1) << 30},
    {"gb", 1000000000},
    {"t", INT64_C(1) << 40},
    {"tib", INT64_C(1) << 40},
    {"tb", INT64_C(1000000000000)},
};

static const unit_t time_units[] = {
    {"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000},
};

/* Reads digits from *text onto *value and moves *text behind them; false when there is none or
 * when 64 bits do not hold the number. */
static bool read_digits(const char **text, int64_t *value)
{
    const char *at = *text;
    int64_t number = *value;
    if (!isdigit((unsigned char)*at))
        return false;
    for (; isdigit((unsigned char)*at); at++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, *at - '0', &number))
            return false;
    *text = at;
    *value = number;
    return true;
}

bool app_parse_integer(const char *text, int64_t *value)
{
    const bool negative = *text == '-';
    int64_t number = 0;
    if (*text == '-' || *text == '+')
        text++;
    if (!read_digits(&text, &number) || *text != '\0')
        return false;
    *value = negative ? -number : number;
    return true;
}

/* Factor of the unit that text is; 0 when it is none of them. */
static int64_t find_unit(const char *text, int count, const unit_t *units)
{
    for (int i = 0; i < count; i++)
        if (strcasecmp(text, units[i].name) == 0)
            return units[i].factor;
    return 0;
}

/* Number with a fraction and a unit, rounded down. Integer arithmetic, so that every size is the
 * same on every machine. */
static bool parse_scaled(const char *text, int count, const unit_t *units, int64_t *value)
{
    int64_t whole = 0;
    int64_t fraction = 0;
    int64_t tenths = 1; /* 10^(digits of the fraction) */
    if (!read_digits(&text, &whole))
        return false;
    if (*text == '.') {
        const char *digits = ++text;
        if (!read_digits(&text, &fraction) || text - digits > 9)
            return false;
        for (; digits < text; digits++)
            tenths *= 10;
    }
    while (*text == ' ')
        text++;

    const int64_t factor = find_unit(text, count, units);
    int64_t scaled = 0;
    if (factor == 0 || __builtin_mul_overflow(whole, factor, &scaled))
        return false;
    __extension__ typedef __int128 wide_t; /* fraction × factor is below 2^70 */
    const int64_t part = (int64_t)((wide_t)fraction * factor / tenths);
    if (__builtin_add_overflow(scaled, part, &scaled))
        return false;
    *value = scaled;
    return true;
}

bool app_parse_real(const char *text, double *value)
{
    char *end = NULL;
    /* Decimal only: strtod() also takes nan, inf and hexadecimal, and blanks before. */
    if (*text == '\0' || strspn(text, "0123456789.eE+-") != strlen(text))
        return false;
    const double number = strtod(text, &end);
    if (*end != '\0' || !isfinite(number) || signbit(number))
        return false;
    *value = number;
    return true;
}

bool app_parse_size(const char *text, int64_t *bytes)
{
    return parse_scaled(text, (int)(sizeof size_units / sizeof *size_units), size_units, bytes);
}

/* HH:MM:SS in milliseconds. */
static bool parse_clock(const char *text, int64_t *milliseconds)
{
    int64_t part[3] = {0, 0, 0};
    for (int i = 0; i < 3; i++) {
        if (i > 0 && *text++ != ':')
            return false;
        if (!read_digits(&text, &part[i]))
            return false;
    }
    if (*text != '\0' || part[1] > 59 || part[2] > 59 || part[0] > INT64_MAX / 3600000 - 1)
        return false;
    *milliseconds = ((part[0] * 60 + part[1]) * 60 + part[2]) * 1000;
    return true;
}

bool app_parse_duration(const char *text, int64_t *milliseconds)
{
    if (strchr(text, ':'))
        return parse_clock(text, milliseconds);
    return parse_scaled(text, (int)(sizeof time_units / sizeof *time_units), time_units,
                        milliseconds);
}

bool app_parse_bool(const char *text, int64_t *value)
{
    int64_t index = 0;
    if (!app_parse_choice(text, "false|true|no|yes|off|on|0|1", &index))
        return false;
    *value = index % 2;
    return true;
}

bool app_parse_choice(const char *text, const char *choices, int64_t *index)
{
    const size_t length = strlen(text);
    for (int64_t i = 0;; i++) {
        const size_t size = strcspn(choices, "|");
        if (size == length && memcmp(choices, text, size) == 0) {
            *index = i;
            return true;
        }
        if (choices[size] == '\0')
            return false;
        choices += size + 1;
    }
}

char *app_format_size(int64_t bytes, char text[32])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = 0;
    double size = (double)bytes;
    for (; size >= 1024.0 && unit < 6; unit++)
        size /= 1024.0;
    if (unit == 0)
        snprintf(text, 32, "%" PRId64 " B", bytes);
    else
        snprintf(text, 32, "%.1f %s", size, units[unit]);
    return text;
}
