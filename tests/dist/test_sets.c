/* Sets of numbers, joined pair by pair on several ranks, against the same on one. */
#include "base/random.h"
#include "dist/sets.h"
#include "gph_test.h"
#include "par/context.h"

#include <string.h>

/** Numbers, and pairs of them; every rank holds each ranks-th one. */
enum { NUMBERS = 3000, PAIRS = 6000 };

/** A list of pairs, and what it comes to. */
typedef struct sample {
    int64_t count;
    gph_pair_t pair[PAIRS];
    int64_t least[NUMBERS]; /* the smallest number of each one's set */
} sample_t;

static void join_all(sample_t *sample)
{
    bool more = true;
    for (int64_t i = 0; i < NUMBERS; i++)
        sample->least[i] = i;
    while (more) {
        more = false;
        for (int64_t i = 0; i < sample->count; i++) {
            int64_t *a = &sample->least[sample->pair[i].a];
            int64_t *b = &sample->least[sample->pair[i].b];
            more = more || *a != *b;
            *(*a > *b ? a : b) = *a > *b ? *b : *a;
        }
    }
}

/** Whether what a rank is told is right, and about all numbers of its pairs. */
static bool is_right(const sample_t *sample, int64_t count, const gph_pair_t *mine,
                     const gph_sets_t *sets)
{
    static bool wanted[NUMBERS];
    bool right = true;
    int64_t left = 0;
    for (int64_t i = 0; i < NUMBERS; i++)
        wanted[i] = false;
    for (int64_t i = 0; i < count; i++)
        wanted[mine[i].a] = wanted[mine[i].b] = true;
    for (int64_t i = 0; i < NUMBERS; i++)
        left += wanted[i];
    for (int64_t i = 0; i < sets->count; i++) {
        const int64_t number = sets->number[i];
        right = right && wanted[number] && sets->least[i] == sample->least[number];
        right = right && (i == 0 || number > sets->number[i - 1]);
    }
    for (int64_t i = 0; i < NUMBERS; i++)
        right = right && (!wanted[i] || gph_sets_least(sets, i) == sample->least[i]);
    return right && left == sets->count;
}

static void check(sample_t *sample)
{
    static gph_pair_t mine[PAIRS];
    static gph_pair_t used[PAIRS];
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    gph_sets_t sets = {0};
    int64_t count = 0;
    for (int64_t i = context->rank; i < sample->count; i += context->ranks)
        mine[count++] = sample->pair[i];
    memcpy(used, mine, sizeof mine);
    join_all(sample);
    if (GPH_EXPECT_OK(context, gph_sets_join(context, NUMBERS, count, used, &sets)))
        CU_ASSERT_TRUE(is_right(sample, count, mine, &sets));
    gph_sets_free(&sets);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_random(void)
{
    static sample_t sample;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        sample.count = (int64_t)(seed - 1) * PAIRS / 16;
        for (int64_t i = 0; i < sample.count; i++) {
            const uint64_t at = 2 * (uint64_t)i;
            sample.pair[i].a = (int64_t)gph_random_below(gph_random_u64(seed, 1, at), NUMBERS);
            sample.pair[i].b = (int64_t)gph_random_below(gph_random_u64(seed, 1, at + 1), NUMBERS);
        }
        check(&sample);
    }
}

/** Long paths, whose numbers rise, fall or jump; and stars around the smallest and the largest. */
static void test_shapes(void)
{
    static const int64_t steps[] = {1, NUMBERS - 1, 7, 1361};
    static sample_t sample;
    sample.count = NUMBERS - 1;
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
        for (int64_t i = 0; i < sample.count; i++)
            sample.pair[i] = (gph_pair_t){i * steps[s] % NUMBERS, (i + 1) * steps[s] % NUMBERS};
        check(&sample);
    }
    for (int64_t centre = 0; centre < NUMBERS; centre += NUMBERS - 1) {
        for (int64_t i = 0; i < sample.count; i++)
            sample.pair[i] = (gph_pair_t){i, centre};
        check(&sample);
    }
}

GPH_TEST_SUITE(sets, {"are joined from random pairs", test_random},
               {"are joined along paths and in stars", test_shapes});
