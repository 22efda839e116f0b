/*
 * In-place sort of one row: quicksort with median of three, insertion sort for short stretches, and
 * heap sort when a stretch refuses to shrink, so that the worst case stays O(n log n) (introsort,
 * Musser 1997). Inlined twice, with and without values, so that the plain form carries no tests.
 */
#include "base/sort.h"

#define GPH_INLINE static inline __attribute__((always_inline))

enum { INSERTION_BELOW = 24 };

GPH_INLINE bool less(const int64_t *key, const double *value, int64_t i, int64_t j)
{
    if (key[i] != key[j] || value == NULL)
        return key[i] < key[j];
    return value[i] < value[j];
}

GPH_INLINE void swap(int64_t *key, double *value, int64_t i, int64_t j)
{
    const int64_t k = key[i];
    key[i] = key[j];
    key[j] = k;
    if (value != NULL) {
        const double v = value[i];
        value[i] = value[j];
        value[j] = v;
    }
}

GPH_INLINE void insertion_sort(int64_t *key, double *value, int64_t count)
{
    for (int64_t i = 1; i < count; ++i)
        for (int64_t j = i; j > 0 && less(key, value, j, j - 1); --j)
            swap(key, value, j, j - 1);
}

GPH_INLINE void sift_down(int64_t *key, double *value, int64_t root, int64_t count)
{
    for (;;) {
        int64_t child = 2 * root + 1;
        if (child >= count)
            return;
        if (child + 1 < count && less(key, value, child, child + 1))
            child += 1;
        if (!less(key, value, root, child))
            return;
        swap(key, value, root, child);
        root = child;
    }
}

GPH_INLINE void heap_sort(int64_t *key, double *value, int64_t count)
{
    for (int64_t root = count / 2 - 1; root >= 0; --root)
        sift_down(key, value, root, count);
    for (int64_t end = count - 1; end > 0; --end) {
        swap(key, value, 0, end);
        sift_down(key, value, 0, end);
    }
}

/* Hoare partition around the median of three, which stands at [0] meanwhile. */
GPH_INLINE int64_t partition(int64_t *key, double *value, int64_t count)
{
    const int64_t middle = count / 2;
    int64_t i = 0;
    int64_t j = count;

    if (less(key, value, middle, 0))
        swap(key, value, middle, 0);
    if (less(key, value, count - 1, middle))
        swap(key, value, count - 1, middle);
    if (less(key, value, middle, 0))
        swap(key, value, middle, 0);
    swap(key, value, 0, middle);
    for (;;) {
        do
            ++i;
        while (i < count && less(key, value, i, 0));
        do
            --j;
        while (less(key, value, 0, j));
        if (i >= j)
            break;
        swap(key, value, i, j);
    }
    swap(key, value, 0, j);
    return j;
}

GPH_INLINE void sort_row(int64_t *key, double *value, int64_t count)
{
    struct stretch {
        int64_t begin;
        int64_t count;
        int budget;
    } stack[64];
    int depth = 0;
    stack[depth++] = (struct stretch){0, count, 128};
    while (depth > 0) {
        struct stretch s = stack[--depth];
        while (s.count >= INSERTION_BELOW && s.budget > 0) {
            double *values = value ? value + s.begin : NULL;
            const int64_t at = partition(key + s.begin, values, s.count);
            struct stretch low = {s.begin, at, s.budget - 1};
            struct stretch high = {s.begin + at + 1, s.count - at - 1, s.budget - 1};
            /* The larger part waits, so the stack never holds more than log2(count) parts. */
            stack[depth++] = low.count < high.count ? high : low;
            s = low.count < high.count ? low : high;
        }
        if (s.count < INSERTION_BELOW)
            insertion_sort(key + s.begin, value ? value + s.begin : NULL, s.count);
        else
            heap_sort(key + s.begin, value ? value + s.begin : NULL, s.count);
    }
}

void gph_sort_row(int64_t count, int64_t *key, double *value)
{
    if (value == NULL)
        sort_row(key, NULL, count);
    else
        sort_row(key, value, count);
}

int gph_compare_row(int64_t count, const int64_t *a, const int64_t *b)
{
    for (int64_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}
