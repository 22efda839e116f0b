/* Closed forms. */
#include "exact.h"

static gph_count_t gcd(gph_count_t a, gph_count_t b)
{
    while (b != 0) {
        const gph_count_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

gph_count_t exact_binomial(int n, int r)
{
    gph_count_t value = 1;
    if (r < 0 || r > n)
        return 0;
    for (int i = 0; i < r; i++) {
        /* value × (n - i) is divisible by i + 1; what value does not cancel, n - i does. */
        const gph_count_t divisor = (gph_count_t)(i + 1);
        const gph_count_t common = gcd(value, divisor);
        value = value / common * ((gph_count_t)(n - i) / (divisor / common));
    }
    return value;
}

gph_count_t exact_turan(int n, int parts, int k)
{
    gph_count_t ways[65] = {1};
    for (int part = 0; part < parts; part++) {
        const int size = n / parts + (part < n % parts);
        for (int chosen = k; chosen > 0; chosen--)
            ways[chosen] += ways[chosen - 1] * (unsigned)size;
    }
    return ways[k];
}
