/* Counter-based random numbers. */
#include "base/random.h"
#include "gph_test.h"

/** The published answers of Philox4x32-10 (kat_vectors of Random123). */
static void test_known_answers(void)
{
    const gph_random2_t zero = gph_random2(0, 0, 0);
    CU_ASSERT_EQUAL(zero.a, UINT64_C(0xe169c58d6627e8d5));
    CU_ASSERT_EQUAL(zero.b, UINT64_C(0x9b00dbd8bc57ac4c));
    const gph_random2_t ones = gph_random2(UINT64_MAX, UINT64_MAX, UINT64_MAX);
    CU_ASSERT_EQUAL(ones.a, UINT64_C(0x41c83b0e408f276d));
    CU_ASSERT_EQUAL(ones.b, UINT64_C(0x6d5451fda20bc7c6));
    const gph_random2_t pi = gph_random2(UINT64_C(0x299f31d0a4093822), UINT64_C(0x0370734413198a2e),
                                         UINT64_C(0x85a308d3243f6a88));
    CU_ASSERT_EQUAL(pi.a, UINT64_C(0x94fdccebd16cfe09));
    CU_ASSERT_EQUAL(pi.b, UINT64_C(0x24126ea15001e420));
    CU_ASSERT_EQUAL(gph_random_u64(0, 0, 0), zero.a);
}

static void test_arguments_matter(void)
{
    const uint64_t base = gph_random_u64(1, 2, 3);
    CU_ASSERT_NOT_EQUAL(base, gph_random_u64(2, 2, 3));
    CU_ASSERT_NOT_EQUAL(base, gph_random_u64(1, 3, 3));
    CU_ASSERT_NOT_EQUAL(base, gph_random_u64(1, 2, 4));
    const uint64_t high = UINT64_C(1) << 63;
    CU_ASSERT_NOT_EQUAL(base, gph_random_u64(1 | high, 2, 3));
    CU_ASSERT_NOT_EQUAL(base, gph_random_u64(1, 2 | high, 3));
    CU_ASSERT_NOT_EQUAL(base, gph_random_u64(1, 2, 3 | high));
}

static void test_unit(void)
{
    CU_ASSERT_EQUAL(gph_random_unit(0), 0.0);
    CU_ASSERT_EQUAL(gph_random_unit(UINT64_C(1) << 63), 0.5);
    CU_ASSERT_EQUAL(gph_random_unit(UINT64_MAX), 1.0 - 0x1p-53);
    CU_ASSERT_EQUAL(gph_random_unit(UINT64_C(1) << 11), 0x1p-53);
    double sum = 0;
    for (uint64_t i = 0; i < 10000; i++)
        sum += gph_random_unit(gph_random_u64(5, 0, i));
    CU_ASSERT_DOUBLE_EQUAL(sum / 10000, 0.5, 0.015); // five standard deviations
}

static void test_below(void)
{
    int count[6] = {0};
    CU_ASSERT_EQUAL(gph_random_below(UINT64_MAX, 1), 0);
    CU_ASSERT_EQUAL(gph_random_below(UINT64_MAX, UINT64_MAX), UINT64_MAX - 1);
    CU_ASSERT_EQUAL(gph_random_below(0, 10), 0);
    CU_ASSERT_EQUAL(gph_random_below(UINT64_MAX, 10), 9);
    for (uint64_t i = 0; i < 6000; i++) {
        const uint64_t drawn = gph_random_below(gph_random_u64(6, 1, i), 6);
        if (GPH_EXPECT(drawn < 6, "drew %llu below 6", (unsigned long long)drawn))
            count[drawn]++;
    }
    for (int i = 0; i < 6; i++)
        CU_ASSERT_TRUE(count[i] > 850 && count[i] < 1150);
}

GPH_TEST_SUITE(random, {"gives the published answers", test_known_answers},
               {"depends on every argument", test_arguments_matter},
               {"draws from the unit interval", test_unit}, {"draws below a bound", test_below});
