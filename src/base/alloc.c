/*
 * Aligned allocation charged to the budget of an environment. Each block is preceded by a header of
 * one cache line, so that gph_free() needs nothing but the block.
 */
#include "base/checked.h"
#include "base/env_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/** Alignment of blocks and size of their header, in bytes. */
#define GPH_ALIGNMENT 64

/** Blocks from this size on ask for pages of this size: fewer faults, and fewer misses in the
 * tables of pages where a block is read in random order. */
#define GPH_HUGE_PAGE (INT64_C(1) << 21)

/** Marks a live block, so that a debug build notices a foreign or freed pointer. */
#define GPH_BLOCK_MAGIC UINT64_C(0x6770685f626c6f63)

typedef struct gph_block {
    gph_env_t *env;
    int64_t bytes; /**< charged */
    uint64_t magic;
} gph_block_t;

_Static_assert(sizeof(gph_block_t) <= GPH_ALIGNMENT, "the header fits before the block");

/** Characters of a size such as "1023.99 MiB", with the final NUL. */
#define GPH_SIZE_CHARS 32

static const char *format_size(int64_t bytes, char text[GPH_SIZE_CHARS])
{
    static const char *const unit[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes / 1024;
    size_t i = 0;
    while (value >= 1024 && i + 1 < sizeof unit / sizeof *unit) {
        value /= 1024;
        i++;
    }
    if (bytes < 1024)
        snprintf(text, GPH_SIZE_CHARS, "%d bytes", (int)bytes);
    else
        snprintf(text, GPH_SIZE_CHARS, "%.2f %s", value, unit[i]);
    return text;
}

/** Charges bytes, unless the budget does not allow it. Never charges for a moment too much, so
 * that one large refused request cannot make a small one of another thread fail. */
static bool charge(gph_env_t *env, int64_t bytes)
{
    const int64_t limit = env->limit > 0 ? env->limit : INT64_MAX;
    int64_t used = atomic_load_explicit(&env->used, memory_order_relaxed);
    do {
        if (bytes > limit - used)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&env->used, &used, used + bytes,
                                                    memory_order_relaxed, memory_order_relaxed));
    int64_t peak = atomic_load_explicit(&env->peak, memory_order_relaxed);
    while (peak < used + bytes &&
           !atomic_compare_exchange_weak_explicit(&env->peak, &peak, used + bytes,
                                                  memory_order_relaxed, memory_order_relaxed))
        continue;
    return true;
}

static void discharge(gph_env_t *env, int64_t bytes)
{
    atomic_fetch_sub_explicit(&env->used, bytes, memory_order_relaxed);
}

static gph_block_t *header_of(const void *block)
{
    gph_block_t *header = (gph_block_t *)((uintptr_t)block - GPH_ALIGNMENT);
    assert(header->magic == GPH_BLOCK_MAGIC);
    return header;
}

static gph_status_t fail_over_budget(gph_env_t *env, int64_t bytes)
{
    char need[GPH_SIZE_CHARS], used[GPH_SIZE_CHARS], limit[GPH_SIZE_CHARS];
    return gph_fail(env, GPH_ERR_MEMORY,
                    "needs %s more, %s of the %s budget are in use; raise --max-memory or use "
                    "more ranks",
                    format_size(bytes, need), format_size(gph_mem_used(env), used),
                    format_size(env->limit, limit));
}

static gph_status_t fail_refused(gph_env_t *env, int64_t bytes)
{
    char need[GPH_SIZE_CHARS];
    return gph_fail(env, GPH_ERR_MEMORY,
                    "allocation of %s failed: the system refused it; use more ranks on more nodes",
                    format_size(bytes, need));
}

/** Memory from the system, or NULL. Only whole huge pages are asked for, so that no more becomes
 * resident than without them. */
static void *take(int64_t total)
{
    void *raw = NULL;
    const bool large = total >= GPH_HUGE_PAGE;
    if (posix_memalign(&raw, large ? (size_t)GPH_HUGE_PAGE : GPH_ALIGNMENT, (size_t)total) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (large) /* where the system has none, nothing is lost */
        (void)madvise(raw, (size_t)(total / GPH_HUGE_PAGE * GPH_HUGE_PAGE), MADV_HUGEPAGE);
#endif
    return raw;
}

static gph_status_t obtain(gph_env_t *env, int64_t count, size_t size, void **block)
{
    int64_t bytes = 0;
    int64_t total = 0;
    if (count < 0 || size > INT64_MAX || !gph_mul_i64(count, (int64_t)size, &bytes) ||
        !gph_add_i64(bytes, GPH_ALIGNMENT, &total))
        return gph_fail(env, GPH_ERR_INTERNAL,
                        "allocation of %lld elements of %zu bytes: no such size", (long long)count,
                        size);
    if (gph_fault_strikes(env, GPH_FAULT_ALLOC))
        return fail_refused(env, bytes);
    if (!charge(env, bytes))
        return fail_over_budget(env, bytes);
    void *raw = take(total);
    if (raw == NULL) {
        discharge(env, bytes);
        return fail_refused(env, bytes);
    }
    *(gph_block_t *)raw = (gph_block_t){env, bytes, GPH_BLOCK_MAGIC};
    *block = (char *)raw + GPH_ALIGNMENT;
    return GPH_OK;
}

gph_status_t gph_alloc(gph_env_t *env, int64_t count, size_t size, void *out)
{
    void *block = NULL;
    const gph_status_t status = obtain(env, count, size, &block);
    // `out` points to a pointer of any type, so it is not to be written through a void **.
    if (status == GPH_OK)
        memcpy(out, &block, sizeof block);
    return status;
}

gph_status_t gph_calloc(gph_env_t *env, int64_t count, size_t size, void *out)
{
    void *block = NULL;
    const gph_status_t status = obtain(env, count, size, &block);
    if (status != GPH_OK)
        return status;
    memset(block, 0, (size_t)header_of(block)->bytes);
    memcpy(out, &block, sizeof block);
    return GPH_OK;
}

gph_status_t gph_realloc(gph_env_t *env, int64_t count, size_t size, void *ptr)
{
    void *old = NULL;
    void *block = NULL;
    memcpy(&old, ptr, sizeof old);
    const gph_status_t status = obtain(env, count, size, &block);
    if (status != GPH_OK)
        return status;
    if (old != NULL) {
        const int64_t had = header_of(old)->bytes;
        const int64_t has = header_of(block)->bytes;
        memcpy(block, old, (size_t)(had < has ? had : has));
        gph_free(old);
    }
    memcpy(ptr, &block, sizeof block);
    return GPH_OK;
}

void gph_free(void *block)
{
    if (block == NULL)
        return;
    gph_block_t *header = header_of(block);
    header->magic = 0;
    discharge(header->env, header->bytes);
    free(header);
}

int64_t gph_mem_used(const gph_env_t *env)
{
    return atomic_load_explicit(&env->used, memory_order_relaxed);
}

int64_t gph_mem_peak(const gph_env_t *env)
{
    return atomic_load_explicit(&env->peak, memory_order_relaxed);
}

int64_t gph_mem_limit(const gph_env_t *env)
{
    return env->limit;
}

int64_t gph_mem_left(const gph_env_t *env)
{
    return env->limit > 0 ? env->limit - gph_mem_used(env) : INT64_MAX;
}
