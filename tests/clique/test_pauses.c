/* Searches that pause and stop in the middle of their tiles come to the same counts. */
#include "base/hash.h"
#include "gph/ckpt.h"
#include "gph/clique.h"
#include "gph/dist.h"
#include "gph/io.h"
#include "gph_test.h"
#include "par/context.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

/** So few tiles that a pause falls into one, and so many that the largest roots are split. */
enum { FEW = 2, MORE = 16 };

/** Edges of the graph, and how many more double the work where a machine is too busy to pause. */
enum { EDGES = 5000, DOUBLING = 150 };

enum { K = 8, DOUBLINGS = 6, ATTEMPTS = 60 };

/** Asks for a stop after a while, as a signal would. */
typedef struct stopper {
    gph_context_t *context; /* NULL: never */
    long nanoseconds;
} stopper_t;

static void *ask_later(void *data)
{
    const stopper_t *stopper = data;
    nanosleep(&(struct timespec){0, stopper->nanoseconds}, NULL);
    gph_context_request_stop(stopper->context);
    return NULL;
}

/** What one search found, where it came to its end. */
typedef struct outcome {
    char digest[GPH_DIGEST_CHARS];
    gph_count_t count;
    int64_t tiles;
    int64_t written; /* checkpoints */
} outcome_t;

/** Searches once in a context of its own; `nanoseconds` > 0 asks for a stop after them. Collective.
 */
static gph_status_t search(int edges, int tiles, const gph_checkpoint_options_t *checkpoint,
                           long nanoseconds, outcome_t *outcome)
{
    char source[64];
    const gph_context_options_t context_options = gph_test_options();
    gph_clique_options_t options = gph_clique_options_default();
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    gph_clique_result_t *result = NULL;
    stopper_t stopper = {NULL, nanoseconds};
    pthread_t thread;

    GPH_EXPECT_OK(NULL, gph_context_create(MPI_COMM_WORLD, &context_options, &context));
    snprintf(source, sizeof source, "er:n=120,m=%d,seed=5", edges);
    GPH_EXPECT_OK(context, gph_graph_load(context, source, GPH_FORMAT_AUTO, &graph));
    options.k = K;
    options.per_vertex = true;
    options.tiles = tiles;
    options.checkpoint = checkpoint;
    /* The last rank asks: neither the one whose clock counts nor the one with the heavy tile. */
    if (nanoseconds > 0 && context->rank == context->ranks - 1)
        stopper.context = context;
    if (stopper.context != NULL)
        CU_ASSERT_EQUAL(pthread_create(&thread, NULL, ask_later, &stopper), 0);
    const gph_status_t status = gph_clique_find(graph, &options, &result);
    if (stopper.context != NULL)
        pthread_join(thread, NULL);
    if (status == GPH_OK) {
        int64_t done = 0;
        int64_t rows = 0;
        snprintf(outcome->digest, sizeof outcome->digest, "%s", gph_clique_digest(result));
        outcome->count = gph_clique_count(result);
        CU_ASSERT_TRUE(gph_clique_complete(result, &done, &outcome->tiles, &rows));
    }
    outcome->written = gph_context_checkpoint_cost(context).written;
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    gph_context_destroy(&context);
    return status;
}

static gph_checkpoint_options_t options_for(const char *name)
{
    gph_checkpoint_options_t options = gph_checkpoint_options_default();
    options.directory = gph_test_tmp(name);
    options.resume = true;
    return options;
}

static void expect_right(int edges, const outcome_t *outcome)
{
    outcome_t right = {.count = 0};
    CU_ASSERT_EQUAL(search(edges, 0, NULL, 0, &right), GPH_OK);
    CU_ASSERT_TRUE(right.count > 0);
    CU_ASSERT_TRUE(outcome->count == right.count);
    CU_ASSERT_STRING_EQUAL(outcome->digest, right.digest);
}

static void test_pauses(void)
{
    gph_test_context();
    gph_checkpoint_options_t options = options_for("pauses");
    outcome_t outcome = {.count = 0};
    options.every = 0; /* whenever the last one is written */
    /* Checkpoints are written while a tile is left: as many as tiles, and one fell into a tile. */
    for (int i = 0; i <= DOUBLINGS && (i == 0 || outcome.written < outcome.tiles); i++) {
        const int edges = EDGES + i * DOUBLING;
        CU_ASSERT_EQUAL(search(edges, FEW, &options, 0, &outcome), GPH_OK);
        expect_right(edges, &outcome);
        if (i == 0)
            gph_test_expect_same("pauses", outcome.digest);
    }
    GPH_EXPECT(outcome.written >= outcome.tiles, "%d checkpoints of %d tiles", (int)outcome.written,
               (int)outcome.tiles);
}

static void test_stops(void)
{
    gph_test_context();
    const gph_checkpoint_options_t options = options_for("stops");
    outcome_t outcome = {.count = 0};
    int stops = 0;
    for (int d = 0; d <= DOUBLINGS && stops == 0; d++) {
        const int edges = EDGES + d * DOUBLING;
        gph_status_t status = GPH_ERR_STOPPED;
        /* More and more time, so that an end is reached on a slow machine, too. */
        for (long i = 1; i <= ATTEMPTS && status == GPH_ERR_STOPPED; i++) {
            status = search(edges, MORE, &options, i * i * 3000000, &outcome);
            stops += status == GPH_ERR_STOPPED;
        }
        CU_ASSERT_EQUAL(status, GPH_OK);
        expect_right(edges, &outcome);
        if (d == 0)
            gph_test_expect_same("stops", outcome.digest);
    }
    CU_ASSERT_TRUE(stops >= 1);
}

GPH_TEST_SUITE(clique_pauses, {"checkpoints in the middle of tiles change nothing", test_pauses},
               {"stopped in the middle of tiles, it goes on to the same counts", test_stops});
