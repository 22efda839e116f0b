/* Work spaces, the bit matrix of a root, and the choice of instruction set and method. */
#include "clique/kernel.h"

#include "base/checked.h"
#include "clique/kernel_isa.h"

#include <inttypes.h>

/* Members beyond the root from which pivoting beats plain recursion: measured, docs/performance.md.
 */
enum { PIVOT_FROM = 4 };

gph_status_t gph_binomials_make(gph_env_t *env, int64_t n_max, int r_max, gph_binomials_t *table)
{
    gph_binomials_t made = {n_max, r_max, NULL};
    const int64_t width = r_max + 1;
    int64_t cells = 0;
    if (!gph_mul_i64(n_max + 1, width, &cells))
        return gph_fail(env, GPH_ERR_MEMORY, "out-degree %" PRId64 " is too large", n_max);
    const gph_status_t status = gph_calloc(env, cells, sizeof *made.value, &made.value);
    if (status != GPH_OK)
        return status;
    made.value[0] = 1;
    for (int64_t n = 1; n <= n_max; ++n) {
        const gph_count_t *above = made.value + (n - 1) * width;
        gph_count_t *row = made.value + n * width;
        row[0] = 1;
        for (int64_t r = 1; r <= r_max; ++r) {
            gph_count_t sum = above[r - 1];
            row[r] = gph_count_add(&sum, above[r]) ? sum : GPH_BINOMIAL_OVER;
        }
    }
    *table = made;
    return GPH_OK;
}

void gph_binomials_free(gph_binomials_t *table)
{
    gph_free(table->value);
    *table = (gph_binomials_t){0};
}

int gph_clique_isas(const gph_clique_isa_t *isas[], int room)
{
    int count = 0;
#ifdef GPH_X86_KERNELS
    if (count < room && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vpopcntdq") &&
        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
        isas[count++] = &gph_clique_isa_avx512;
    if (count < room && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") &&
        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
        isas[count++] = &gph_clique_isa_avx2;
#endif
    if (count < room)
        isas[count++] = &gph_clique_isa_portable;
    return count;
}

const gph_clique_isa_t *gph_clique_isa(void)
{
    const gph_clique_isa_t *best = NULL;
    (void)gph_clique_isas(&best, 1);
    return best;
}

/* Sets on the recursion's stack: the first set and, a level, one for recursion or two for pivoting.
 */
static int64_t stack_sets(int64_t max_out, int k, bool pivot)
{
    return pivot ? 1 + 2 * (max_out + 1) : 1 + k;
}

static bool wants_both(const gph_clique_space_t *space)
{
    if (space->vertex_count != NULL || space->method == GPH_CLIQUE_METHOD_PIVOT)
        return true;
    return space->method == GPH_CLIQUE_METHOD_AUTO && space->k - 1 >= PIVOT_FROM;
}

gph_status_t gph_clique_space_make(gph_env_t *env, const gph_block_t *block, int64_t max_out,
                                   const gph_binomials_t *binomials, int k,
                                   gph_clique_method_t method, int purpose,
                                   gph_clique_space_t *space)
{
    gph_status_t status = GPH_OK;
    gph_clique_space_t made = {
        .block = block, .binomials = binomials, .k = k, .method = method, .root = -1};
    const int64_t words = (max_out + 63) / 64;
    const bool per_vertex = (purpose & GPH_SPACE_VERTEX_COUNTS) != 0;
    const bool cover = (purpose & GPH_SPACE_COVER) != 0;

    GPH_TRY(gph_calloc(env, block->vertices, sizeof *made.mark, &made.mark));
    if (per_vertex)
        GPH_TRY(gph_calloc(env, max_out, sizeof *made.vertex_count, &made.vertex_count));
    if (k > 3 || purpose != 0)
        GPH_TRY(gph_alloc(env, max_out * words, sizeof *made.later, &made.later));
    const bool both = cover || wants_both(&made);
    if (both)
        GPH_TRY(gph_alloc(env, max_out * words, sizeof *made.both, &made.both));
    GPH_TRY(gph_alloc(env, stack_sets(max_out, k, both) * words, sizeof *made.stack, &made.stack));
    GPH_TRY(gph_alloc(env, k, sizeof *made.member, &made.member));
    *space = made;
    return GPH_OK;

cleanup:
    gph_clique_space_free(&made);
    return status;
}

void gph_clique_space_free(gph_clique_space_t *space)
{
    gph_free(space->mark);
    gph_free(space->vertex_count);
    gph_free(space->later);
    gph_free(space->both);
    gph_free(space->stack);
    gph_free(space->member);
    *space = (gph_clique_space_t){0};
}

void gph_clique_space_root(gph_clique_space_t *space, gph_lid_t root)
{
    const gph_block_t *block = space->block;
    if (space->root == root)
        return;
    for (int i = 0; i < space->degree; ++i)
        space->mark[space->row[i]] = 0;
    space->root = root;
    space->row = block->next + block->offset[root];
    space->degree = (int)(block->offset[root + 1] - block->offset[root]);
    space->words = 0;
    for (int i = 0; i < space->degree; ++i)
        space->mark[space->row[i]] = (uint32_t)i + 1;
}

void gph_clique_space_matrix(gph_clique_space_t *space, bool both)
{
    const gph_block_t *block = space->block;
    const int words = (space->degree + 63) / 64;
    const size_t cells = (size_t)space->degree * (size_t)words;

    if (space->words == words && (space->has_both || !both))
        return;
    space->words = words;
    space->has_both = both;
    for (size_t i = 0; i < cells; ++i)
        space->later[i] = 0;
    for (size_t i = 0; both && i < cells; ++i)
        space->both[i] = 0;
    for (int i = 0; i < space->degree; ++i) {
        const gph_lid_t u = space->row[i];
        for (gph_off_t e = block->offset[u]; e < block->offset[u + 1]; ++e) {
            const int j = (int)space->mark[block->next[e]] - 1;
            if (j < 0)
                continue;
            space->later[(size_t)i * (size_t)words + (size_t)(j >> 6)] |= UINT64_C(1) << (j & 63);
            if (!both)
                continue;
            space->both[(size_t)i * (size_t)words + (size_t)(j >> 6)] |= UINT64_C(1) << (j & 63);
            space->both[(size_t)j * (size_t)words + (size_t)(i >> 6)] |= UINT64_C(1) << (i & 63);
        }
    }
}

/* Triangles: common entries of the root's row and its neighbours' rows. */
static uint64_t count_triangles(const gph_clique_space_t *space, int begin, int end)
{
    const gph_block_t *block = space->block;
    uint64_t count = 0;
    for (int i = begin; i < end; ++i) {
        const gph_lid_t u = space->row[i];
        for (gph_off_t e = block->offset[u]; e < block->offset[u + 1]; ++e)
            count += space->mark[block->next[e]] != 0;
    }
    return count;
}

gph_count_t gph_clique_count_root(gph_clique_space_t *space, int begin, int end)
{
    const bool per_vertex = space->vertex_count != NULL;
    if (space->degree < space->k - 1 || begin >= end)
        return 0;
    if (space->k == 2) {
        for (int i = begin; per_vertex && i < end; ++i)
            space->vertex_count[i] += 1;
        return (gph_count_t)(end - begin);
    }
    if (space->k == 3 && !per_vertex)
        return count_triangles(space, begin, end);
    gph_clique_space_matrix(space, wants_both(space));
    return gph_clique_isa()->count(space, begin, end);
}
