/* The sparse exchange: random patterns against what every rank can work out alone. */
#include "base/random.h"
#include "gph_test.h"
#include "par/comm.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RANKS = 16 };

/** Patterns of who writes to whom. */
typedef enum kind {
    NOTHING,    /**< no messages */
    SELF,       /**< only to oneself */
    RING,       /**< to the next rank */
    ONE_TO_ALL, /**< from the last rank */
    ALL_TO_ONE, /**< to the first rank */
    SPARSE,     /**< at random, a third of all pairs */
    DENSE,      /**< at random, all pairs */
    KINDS
} kind_t;

/** Elements from a rank to another. */
static int64_t length(kind_t kind, int from, int to, int ranks)
{
    const uint64_t bits = gph_random_u64(kind, (uint64_t)from, (uint64_t)to);
    const int64_t some = (int64_t)gph_random_below(bits, 40) + 1;
    switch (kind) {
    case SELF:
        return from == to ? some : 0;
    case RING:
        return to == (from + 1) % ranks ? some : 0;
    case ONE_TO_ALL:
        return from == ranks - 1 ? some : 0;
    case ALL_TO_ONE:
        return to == 0 ? some : 0;
    case SPARSE:
        return bits % 3 == 0 ? some : 0;
    case DENSE:
        return some;
    default:
        return 0;
    }
}

/** Byte at an index of the message from a rank to another. */
static unsigned char byte(int from, int to, int64_t index)
{
    const uint64_t pair = (uint64_t)from << 32 | (uint64_t)to;
    return (unsigned char)(gph_random_u64(9, pair, (uint64_t)index) & 0xff);
}

/** What one rank sends or has to receive, worked out naively. */
typedef struct messages {
    int64_t count[MAX_RANKS];
    int64_t bytes;
    unsigned char *data;
} messages_t;

static messages_t make_messages(const gph_context_t *context, kind_t kind, size_t size, bool sent)
{
    messages_t made = {.bytes = 0};
    made.data = malloc((size_t)context->ranks * 41 * size);
    if (made.data == NULL || context->ranks > MAX_RANKS)
        MPI_Abort(MPI_COMM_WORLD, 1);
    for (int rank = 0; rank < context->ranks; rank++) {
        const int from = sent ? context->rank : rank;
        const int to = sent ? rank : context->rank;
        made.count[rank] = length(kind, from, to, context->ranks);
        for (int64_t i = 0; i < made.count[rank] * (int64_t)size; i++)
            made.data[made.bytes++] = byte(from, to, i);
    }
    return made;
}

static void check_exchange(gph_context_t *context, kind_t kind, size_t size)
{
    messages_t out = make_messages(context, kind, size, true);
    messages_t wanted = make_messages(context, kind, size, false);
    int64_t count[MAX_RANKS] = {0};
    unsigned char *got = NULL;
    const size_t counts = (size_t)context->ranks * sizeof *count;
    GPH_EXPECT_OK(context, gph_comm_exchange(context, size, out.data, out.count, &got, count));
    CU_ASSERT_EQUAL(memcmp(count, wanted.count, counts), 0);
    CU_ASSERT_PTR_NOT_NULL(got);
    if (got != NULL)
        GPH_EXPECT(memcmp(got, wanted.data, (size_t)wanted.bytes) == 0, "kind %d, size %zu", kind,
                   size);
    gph_free(got);

    const int64_t start = gph_mem_used(context->env);
    gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
    unsigned char *again = calloc((size_t)wanted.bytes + 1, 1);
    if (again == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    GPH_EXPECT_OK(context,
                  gph_comm_exchange_known(context, size, out.data, out.count, again, wanted.count));
    CU_ASSERT_EQUAL(memcmp(again, wanted.data, (size_t)wanted.bytes), 0);
    CU_ASSERT_EQUAL(gph_fault_calls(context->env, GPH_FAULT_ALLOC), 0);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    free(again);
    free(out.data);
    free(wanted.data);
}

static void test_patterns(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    const size_t sizes[] = {1, 8, 24};
    for (int kind = NOTHING; kind < KINDS; kind++)
        for (int s = 0; s < 3; s++)
            check_exchange(context, (kind_t)kind, sizes[s]);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_chunks(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t chunks[] = {1, 7, 8, 20};
    for (int c = 0; c < 4; c++)
        for (int kind = NOTHING; kind < KINDS; kind++) {
            context->chunk = chunks[c];
            check_exchange(context, (kind_t)kind, 4); // from 4 to 160 bytes a message
            context->chunk = INT_MAX;
        }
}

static void test_no_room(void)
{
    // Only the last rank lacks memory for what it gets; nobody may wait for it.
    gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    const bool last = gph_test_rank() == gph_test_ranks() - 1;
    options.max_memory = last ? 4000 : 1000000;
    GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &options, &context));
    int64_t send_count[MAX_RANKS] = {0};
    int64_t recv_count[MAX_RANKS];
    static const char data[5000];
    char *got = NULL;
    memset(recv_count, 0x77, sizeof recv_count);
    send_count[context->ranks - 1] = context->rank == 0 ? 5000 : 0;
    CU_ASSERT_EQUAL(gph_comm_exchange(context, 1, data, send_count, &got, recv_count),
                    GPH_ERR_MEMORY);
    CU_ASSERT_PTR_NULL(got);
    CU_ASSERT_EQUAL(recv_count[0], INT64_C(0x7777777777777777));
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "4.88 KiB more"));
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    CU_ASSERT_EQUAL(gph_mem_used(context->env), 0);
    gph_context_destroy(&context);
}

GPH_TEST_SUITE(exchange, {"delivers every pattern of messages", test_patterns},
               {"delivers messages in chunks", test_chunks},
               {"agrees that one rank has no room", test_no_room});
