/* The rarer parts of scanning: long integers, decimal fractions, quoting for messages. */
#include "io/scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Bytes of a token that a message shows. */
enum { QUOTE_BYTES = 40 };

/* Most characters of a number that needs strtod(). */
enum { NUMBER_CHARS = 512 };

/* Powers of ten that a double holds exactly. */
static const double exact_power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { EXACT_POWER = 22 };

gph_status_t gph_numbers_open(gph_env_t *env, locale_t *numbers)
{
    const locale_t made = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (made == (locale_t)0)
        return gph_fail(env, GPH_ERR_MEMORY, "no memory for the locale that numbers are read in");
    *numbers = made;
    return GPH_OK;
}

void gph_numbers_close(locale_t *numbers)
{
    if (*numbers != (locale_t)0)
        freelocale(*numbers);
    *numbers = (locale_t)0;
}

bool gph_scan_long(const char *begin, const char *end, int64_t *value)
{
    int64_t sum = 0;
    for (const char *at = begin; at < end; ++at)
        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, *at - '0', &sum))
            return false;
    *value = sum;
    return true;
}

/* The parts of a decimal number. */
typedef struct decimal {
    bool negative;
    uint64_t digits;  /**< all digits as one integer, while they fit */
    int64_t count;    /**< digits after leading zeros */
    int64_t exponent; /**< of ten, to be applied to `digits` */
} decimal_t;

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

static const char *scan_digits(const char *at, decimal_t *number)
{
    for (; is_digit(*at); ++at) {
        if (number->count > 0 || *at != '0')
            ++number->count;
        if (number->count <= GPH_SAFE_DIGITS)
            number->digits = number->digits * 10 + (unsigned char)(*at - '0');
    }
    return at;
}

/* Scans `[+-]digits[.digits][e[+-]digits]` with at least one digit; NULL when that is not there. */
static const char *scan_decimal(const char *at, decimal_t *number)
{
    number->negative = *at == '-';
    if (*at == '-' || *at == '+')
        ++at;
    const char *whole = at;
    at = scan_digits(at, number);
    int64_t digits = at - whole;
    if (*at == '.') {
        const char *fraction = ++at;
        at = scan_digits(at, number);
        number->exponent = -(at - fraction);
        digits += at - fraction;
    }
    if (digits == 0)
        return NULL;
    if (*at == 'e' || *at == 'E') {
        const bool negative = *++at == '-';
        if (*at == '-' || *at == '+')
            ++at;
        if (!is_digit(*at))
            return NULL;
        int64_t exponent = 0;
        for (; is_digit(*at); ++at)
            if (exponent < INT32_MAX)
                exponent = exponent * 10 + (*at - '0');
        number->exponent += negative ? -exponent : exponent;
    }
    return at;
}

/* By strtod() in the "C" locale, whatever the program has set. */
static bool round_slowly(const char *begin, const char *end, locale_t numbers, double *value)
{
    char text[NUMBER_CHARS];
    const size_t length = (size_t)(end - begin);
    if (length >= sizeof text)
        return false;
    memcpy(text, begin, length);
    text[length] = '\0';
    const locale_t before = uselocale(numbers);
    *value = strtod(text, NULL);
    uselocale(before);
    return isfinite(*value);
}

const char *gph_scan_number(const char *at, bool commas, locale_t numbers, double *value)
{
    decimal_t number = {0};
    double result = 0;
    const char *end = scan_decimal(at, &number);

    if (end == NULL || !gph_at_token_end(end, commas))
        return NULL;
    // Clinger 1990: one rounding when the digits and the power of ten are both exact.
    if (number.count <= GPH_SAFE_DIGITS && number.digits <= (UINT64_C(1) << 53) &&
        number.exponent >= -EXACT_POWER && number.exponent <= EXACT_POWER) {
        result = (double)number.digits;
        if (number.exponent < 0)
            result /= exact_power[-number.exponent];
        else
            result *= exact_power[number.exponent];
        if (number.negative)
            result = -result;
    } else if (!round_slowly(at, end, numbers, &result)) {
        return NULL;
    }
    *value = result;
    return end;
}

const char *gph_token_quote(const char *at, bool commas, char text[GPH_TOKEN_CHARS])
{
    size_t used = 0;
    int shown = 0;

    // A token may begin with a comma where an id is missing; that comma is shown.
    for (; shown < QUOTE_BYTES && !gph_at_token_end(at, commas && shown > 0); ++shown, ++at) {
        const unsigned char byte = (unsigned char)*at;
        if (byte > ' ' && byte < 0x7f)
            text[used++] = (char)byte;
        else
            used += (size_t)snprintf(text + used, GPH_TOKEN_CHARS - used, "\\x%02x", byte);
    }
    text[used] = '\0';
    if (shown == QUOTE_BYTES && !gph_at_token_end(at, commas))
        memcpy(text + used, "...", sizeof "...");
    return text;
}

void gph_explain_id(const char *at, bool commas, const char *what, char *text, size_t room)
{
    char token[GPH_TOKEN_CHARS];
    const bool negative = *at == '-';
    const char *digits = at + negative;
    const char *end = digits;

    while (is_digit(*end))
        ++end;
    const bool integer = end > digits && gph_at_token_end(end, commas);
    gph_token_quote(at, commas, token);
    if (integer && negative)
        snprintf(text, room, "%s '%s' is negative", what, token);
    else if (integer)
        snprintf(text, room, "%s '%s' is over 2^63-1", what, token);
    else
        snprintf(text, room, "'%s' is not a %s", token, what);
}

int gph_number_format(double value, locale_t numbers, char text[32])
{
    const locale_t before = uselocale(numbers);
    int length = 0;

    for (int digits = 15; digits <= 17; ++digits) {
        length = snprintf(text, 32, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    uselocale(before);
    return length;
}

int64_t gph_count_newlines(const char *text, int64_t size)
{
    int64_t lines = 0;
    for (int64_t i = 0; i < size; ++i)
        lines += text[i] == '\n';
    return lines;
}
