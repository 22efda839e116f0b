/*
 * Cost of reproducible sums beside plain ones: bench_sum [VALUES] [REPETITIONS]. Prints nanoseconds
 * a value, the best of the repetitions, on one thread.
 */
#include "base/random.h"
#include "base/sum.h"
#include "base/sum_kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/** What is measured. */
typedef struct bench {
    int64_t count;
    int repetitions;
    float *x;               /**< [count] in (-1, 1) */
    double *y;              /**< [count] in (-1, 1), 53 bits */
    float *plain_x;         /**< [count] plain sums by element */
    double *plain_y;        /**< [count] */
    gph_bins_t bins_x;      /**< [count] */
    gph_bins_t bins_y;      /**< [count] */
    gph_bins_t other_x;     /**< [count] */
    volatile double result; /**< keeps the compiler from dropping work */
} bench_t;

typedef void work_fn(bench_t *bench);

/* --- plain sums, by two instruction sets as the compiler vectorises them --------------------- */

#if defined(__x86_64__)
#define CLONE __attribute__((target("avx2")))
#else
#define CLONE
#endif

#define PLAIN(NAME, TARGET, REAL, FIELD)                                                           \
    TARGET static void NAME(bench_t *bench)                                                        \
    {                                                                                              \
        const REAL *values = bench->FIELD;                                                         \
        REAL sum = 0;                                                                              \
        _Pragma("omp simd reduction(+ : sum)") for (int64_t i = 0; i < bench->count; i++) sum +=   \
            values[i];                                                                             \
        bench->result = (double)sum;                                                               \
    }
#define PLAIN_ARRAY(NAME, TARGET, REAL, FIELD, SUMS)                                               \
    TARGET static void NAME(bench_t *bench)                                                        \
    {                                                                                              \
        const REAL *restrict values = bench->FIELD;                                                \
        REAL *restrict sums = bench->SUMS;                                                         \
        for (int64_t i = 0; i < bench->count; i++)                                                 \
            sums[i] += values[i];                                                                  \
    }

PLAIN(plain_f32, , float, x)
PLAIN(plain_f32_clone, CLONE, float, x)
PLAIN(plain_f64, , double, y)
PLAIN(plain_f64_clone, CLONE, double, y)
PLAIN_ARRAY(array_f32, , float, x, plain_x)
PLAIN_ARRAY(array_f32_clone, CLONE, float, x, plain_x)
PLAIN_ARRAY(array_f64, , double, y, plain_y)
PLAIN_ARRAY(array_f64_clone, CLONE, double, y, plain_y)

/* --- reproducible sums ---------------------------------------------------------------------- */

static void exact_f32(bench_t *bench)
{
    gph_sum_t sum = {0};
    gph_sum_add_f32(&sum, bench->count, bench->x);
    bench->result = (double)gph_sum_f32(&sum);
}

static void exact_f64(bench_t *bench)
{
    gph_sum_t sum = {0};
    gph_sum_add_f64(&sum, bench->count, bench->y);
    bench->result = gph_sum_f64(&sum);
}

static void exact_one_by_one(bench_t *bench)
{
    gph_sum_t sum = {0};
    for (int64_t i = 0; i < bench->count; i++)
        gph_sum_add(&sum, bench->y[i]);
    bench->result = gph_sum_f64(&sum);
}

static void bins_f32_first(bench_t *bench)
{
    gph_bins_clear(&bench->bins_x);
    (void)gph_bins_add_f32(&bench->bins_x, 1, bench->x);
}

static void bins_f32_next(bench_t *bench)
{
    (void)gph_bins_add_f32(&bench->bins_x, 1, bench->x);
}

/** The values as eight rows of an eighth of the elements. */
static void bins_f32_rows(bench_t *bench)
{
    gph_bins_add_range_f32(&bench->bins_x, 0, bench->count / 8, 8, bench->count / 8, bench->x);
}

static void bins_f32_merge(bench_t *bench)
{
    gph_bins_merge_raw(GPH_BINS_F32, bench->count, bench->other_x.bin, bench->bins_x.bin);
}

static void bins_f32_finish(bench_t *bench)
{
    gph_bins_finish_f32(&bench->bins_x, bench->plain_x);
}

static void bins_f64_first(bench_t *bench)
{
    gph_bins_clear(&bench->bins_y);
    (void)gph_bins_add_f64(&bench->bins_y, 1, bench->y);
}

static void bins_f64_next(bench_t *bench)
{
    (void)gph_bins_add_f64(&bench->bins_y, 1, bench->y);
}

/* --- measuring ------------------------------------------------------------------------------ */

/** Processor time of this thread in seconds, so that other work on the machine disturbs little. */
static double now(void)
{
    struct timespec time = {0};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/** Best time of a piece of work, in nanoseconds a value. */
static double measure(bench_t *bench, work_fn *work)
{
    double best = INFINITY;
    for (int i = 0; i < bench->repetitions; i++) {
        const double start = now();
        work(bench);
        best = fmin(best, now() - start);
    }
    return best / (double)bench->count * 1e9;
}

static double measure_plain(bench_t *bench, work_fn *one, work_fn *other)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2"))
        other = one;
#endif
    return fmin(measure(bench, one), measure(bench, other));
}

static void print(const char *what, double cost, double plain)
{
    printf("%-44s %8.3f %8.2f\n", what, cost, cost / plain);
}

static void run(bench_t *bench)
{
    const double f32 = measure_plain(bench, plain_f32, plain_f32_clone);
    const double f64 = measure_plain(bench, plain_f64, plain_f64_clone);
    const double array32 = measure_plain(bench, array_f32, array_f32_clone);
    const double array64 = measure_plain(bench, array_f64, array_f64_clone);
    printf("%lld values, best of %d, loops %s\n", (long long)bench->count, bench->repetitions,
           gph_sum_kernels()->name);
    printf("%-44s %8s %8s\n", "", "ns/value", "ratio");
    print("plain sum of floats", f32, f32);
    print("exact sum of floats", measure(bench, exact_f32), f32);
    print("plain sum of doubles", f64, f64);
    print("exact sum of doubles", measure(bench, exact_f64), f64);
    print("exact sum of doubles, one by one", measure(bench, exact_one_by_one), f64);
    print("plain sums of floats by element", array32, array32);
    print("binned sums of floats by element, first row", measure(bench, bins_f32_first), array32);
    print("binned sums of floats by element, next row", measure(bench, bins_f32_next), array32);
    print("binned sums of floats by element, 8 rows", measure(bench, bins_f32_rows), array32);
    print("merging binned sums of floats", measure(bench, bins_f32_merge), array32);
    print("finishing binned sums of floats", measure(bench, bins_f32_finish), array32);
    print("plain sums of doubles by element", array64, array64);
    print("binned sums of doubles by element, first row", measure(bench, bins_f64_first), array64);
    print("binned sums of doubles by element, next row", measure(bench, bins_f64_next), array64);
}

static gph_status_t prepare(gph_env_t *env, bench_t *bench)
{
    gph_status_t status = GPH_OK;
    const int64_t count = bench->count;
    GPH_TRY(gph_alloc(env, count, sizeof *bench->x, &bench->x));
    GPH_TRY(gph_alloc(env, count, sizeof *bench->y, &bench->y));
    GPH_TRY(gph_calloc(env, count, sizeof *bench->plain_x, &bench->plain_x));
    GPH_TRY(gph_calloc(env, count, sizeof *bench->plain_y, &bench->plain_y));
    GPH_TRY(gph_bins_init(env, GPH_BINS_F32, count, &bench->bins_x));
    GPH_TRY(gph_bins_init(env, GPH_BINS_F32, count, &bench->other_x));
    GPH_TRY(gph_bins_init(env, GPH_BINS_F64, count, &bench->bins_y));
    for (int64_t i = 0; i < count; i++) {
        bench->y[i] = 2 * gph_random_unit(gph_random_u64(1, 0, (uint64_t)i)) - 1;
        bench->x[i] = (float)bench->y[i];
    }
    GPH_TRY(gph_bins_add_f32(&bench->other_x, 1, bench->x));
cleanup:
    return status;
}

int main(int argc, char **argv)
{
    bench_t bench = {.count = argc > 1 ? atoll(argv[1]) : 10000000,
                     .repetitions = argc > 2 ? atoi(argv[2]) : 20};
    gph_env_t *env = NULL;
    if (bench.count < 8 || bench.repetitions < 1 || gph_env_create(0, &env) != GPH_OK)
        return 2;
    const gph_status_t status = prepare(env, &bench);
    if (status == GPH_OK)
        run(&bench);
    gph_free(bench.x);
    gph_free(bench.y);
    gph_free(bench.plain_x);
    gph_free(bench.plain_y);
    gph_bins_free(&bench.bins_x);
    gph_bins_free(&bench.other_x);
    gph_bins_free(&bench.bins_y);
    gph_env_destroy(&env);
    return status == GPH_OK ? 0 : 1;
}
