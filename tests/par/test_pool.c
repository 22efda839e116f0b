/* The task pool: every tile once whoever does it, questions between ranks of every size, and
 * failures that reach all ranks without a hang. */
#include "gph_test.h"
#include "par/comm.h"
#include "par/pool.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TILES = 240, MAX_RANKS = 64, LARGE_WORDS = 150000 };

/** Who fails, and where. */
typedef enum flaw { NO_FLAW, IN_TILE, IN_RUN, IN_SERVE, SERVE_MEMORY } flaw_t;

/** What the functions of a pool share on this rank. */
typedef struct fixture {
    gph_context_t *context;
    gph_pool_t *pool;
    gph_tiles_t tiles;
    gph_worklist_t list;
    _Atomic int runs[TILES];   /**< how often each tile was run here */
    _Atomic int64_t strangers; /**< tiles run by a thread that there is not */
    int64_t nap;               /**< nanoseconds that a tile takes */
    int64_t window;            /**< most entries that `run` takes at once, 0: all */
    int64_t words;             /**< words that `run` asks each other rank for, 0: none */
    int64_t wrong;             /**< answers that were not as wanted */
    flaw_t flaw;               /**< of this rank */
    int64_t due_after;         /**< entries after which a pause is due here, 0: never */
    _Atomic int64_t done;      /**< entries done here since the fixture was opened */
} fixture_t;

static void sleep_for(int64_t nanoseconds)
{
    const struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    if (nanoseconds > 0)
        nanosleep(&time, NULL);
}

/** Word i of the answer of a rank to a question that begins with `word`. */
static int64_t answer_word(int rank, int64_t word, int64_t i)
{
    return word * 31 + i * 7 + rank;
}

/** Answers [word, count] with count words. */
static gph_status_t serve(void *data, const void *request, int64_t bytes, gph_array_t *reply)
{
    fixture_t *fixture = data;
    int64_t ask[2] = {0, 0};
    fixture->wrong += bytes != (int64_t)sizeof ask;
    memcpy(ask, request, sizeof ask);
    if (fixture->flaw == IN_SERVE)
        return gph_fail(fixture->context->env, GPH_ERR_VERIFY, "no answer from here");
    if (fixture->flaw == SERVE_MEMORY && ask[1] > 10)
        return gph_fail(fixture->context->env, GPH_ERR_MEMORY, "needs 1 byte too many");
    for (int64_t i = 0; i < ask[1]; i++) {
        const int64_t word = answer_word(fixture->context->rank, ask[0], i);
        const gph_status_t status = gph_array_append(reply, &word, sizeof word);
        if (status != GPH_OK)
            return status;
    }
    return GPH_OK;
}

static void check_answer(fixture_t *fixture, int rank, const gph_array_t *reply, int64_t word,
                         int64_t words)
{
    const int64_t *got = reply->data;
    fixture->wrong += reply->count != words * (int64_t)sizeof *got;
    if (reply->count != words * (int64_t)sizeof *got)
        return;
    for (int64_t i = 0; i < words; i++)
        fixture->wrong += got[i] != answer_word(rank, word, i);
}

/** Asks all other ranks for `words` words each, or just one of them. */
static gph_status_t ask(fixture_t *fixture, int only, int64_t words)
{
    gph_context_t *context = fixture->context;
    gph_array_t reply[MAX_RANKS];
    int64_t request[2 * MAX_RANKS];
    int64_t start[MAX_RANKS + 1] = {0};
    for (int r = 0; r < context->ranks; r++) {
        const bool asked = only < 0 || r == only;
        reply[r] = gph_array_init(context->env, 1);
        start[r + 1] = start[r] + (asked ? 16 : 0);
        request[start[r] / 8] = 100 * context->rank + r;
        request[start[r] / 8 + 1] = words;
    }
    const gph_status_t status = gph_pool_call(fixture->pool, start, request, reply);
    for (int r = 0; r < context->ranks; r++) {
        const bool answered = start[r + 1] > start[r] && r != context->rank;
        if (status == GPH_OK)
            check_answer(fixture, r, &reply[r], 100 * context->rank + r, answered ? words : 0);
        gph_array_free(&reply[r]);
    }
    return status;
}

static gph_status_t run_tile(void *data, int64_t tile, int thread)
{
    fixture_t *fixture = data;
    fixture->runs[tile]++;
    fixture->done++;
    fixture->strangers += thread < 0 || thread >= fixture->context->threads;
    sleep_for(fixture->nap);
    if (fixture->flaw == IN_TILE)
        return gph_fail(fixture->context->env, GPH_ERR_VERIFY, "a bad tile");
    return GPH_OK;
}

static gph_status_t run(void *data, gph_pool_t *pool, const gph_worklist_t *list, int64_t low,
                        int64_t high)
{
    fixture_t *fixture = data;
    gph_status_t status = GPH_OK;
    const bool small = fixture->window > 0 && high - low > fixture->window;
    const int64_t begin = small ? high - fixture->window : low;
    fixture->wrong += pool != fixture->pool || list != &fixture->list || low >= high;
    if (fixture->flaw == IN_RUN)
        return gph_fail(fixture->context->env, GPH_ERR_VERIFY, "a bad run");
    if (fixture->words > 0)
        status = ask(fixture, -1, fixture->words);
    return status != GPH_OK ? status : gph_pool_work(pool, begin, run_tile, fixture);
}

/** Makes a pool and a list of tiles of cost 1. Collective; the same answer on all ranks. */
static bool open_fixture(gph_context_t *context, fixture_t *fixture)
{
    int64_t work[TILES] = {0};
    const int64_t begin = gph_block_start(TILES, context->ranks, context->rank);
    const int64_t end = gph_block_start(TILES, context->ranks, context->rank + 1);
    memset(fixture, 0, sizeof *fixture);
    fixture->context = context;
    bool ok = gph_tiles_cut(context, begin, end - begin, work, TILES, &fixture->tiles) == GPH_OK;
    ok = ok && gph_pool_open(context, serve, fixture, &fixture->pool) == GPH_OK;
    ok = gph_test_all(ok &&
                      gph_worklist_make(context, &fixture->tiles, NULL, &fixture->list) == GPH_OK);
    GPH_EXPECT(ok && fixture->list.count == TILES, "no pool");
    return ok;
}

static void close_fixture(fixture_t *fixture)
{
    gph_pool_close(&fixture->pool);
    CU_ASSERT_PTR_NULL(fixture->pool);
    gph_worklist_free(&fixture->list);
    gph_tiles_free(&fixture->tiles);
}

/** Gives all entries to one rank. */
static void skew(fixture_t *fixture, int rank)
{
    for (int r = 0; r <= fixture->context->ranks; r++)
        fixture->list.rank_first[r] = r <= rank ? 0 : fixture->list.count;
}

/** Counts tiles that were not run exactly `times` times over all ranks. */
static int wrong_tiles(const fixture_t *fixture, int times)
{
    int runs[TILES];
    int wrong = 0;
    for (int t = 0; t < TILES; t++)
        runs[t] = fixture->runs[t];
    MPI_Allreduce(MPI_IN_PLACE, runs, TILES, MPI_INT, MPI_SUM, fixture->context->comm);
    for (int t = 0; t < TILES; t++)
        wrong += runs[t] != times;
    return wrong;
}

/** Ranks that did a tile. */
static int busy_ranks(const fixture_t *fixture)
{
    int busy = 0;
    for (int t = 0; t < TILES; t++)
        busy = busy || fixture->runs[t] > 0;
    MPI_Allreduce(MPI_IN_PLACE, &busy, 1, MPI_INT, MPI_SUM, fixture->context->comm);
    return busy;
}

static gph_status_t work_off(fixture_t *fixture)
{
    return gph_pool_tiles(fixture->pool, &fixture->list, "testing", run, fixture);
}

static void test_each_tile_once(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    static fixture_t fixture;
    const int64_t windows[] = {0, 1, 7};
    if (!open_fixture(context, &fixture))
        return;
    for (int w = 0; w < 3; w++) {
        fixture.window = windows[w];
        fixture.words = w;
        GPH_EXPECT_OK(context, work_off(&fixture));
        CU_ASSERT_EQUAL(wrong_tiles(&fixture, w + 1), 0);
    }
    /* Without a collective call in between. */
    GPH_EXPECT_OK(context, work_off(&fixture));
    GPH_EXPECT_OK(context, work_off(&fixture));
    CU_ASSERT_EQUAL(wrong_tiles(&fixture, 5), 0);
    CU_ASSERT_EQUAL(fixture.wrong, 0);
    CU_ASSERT_EQUAL(fixture.strangers, 0);
    close_fixture(&fixture);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** One rank begins with everything: the others take from it. */
static void test_stealing(void)
{
    gph_context_t *context = gph_test_context();
    static fixture_t fixture;
    for (int rank = 0; rank<context->ranks; rank += context->ranks> 1 ? context->ranks - 1 : 1) {
        if (!open_fixture(context, &fixture))
            return;
        skew(&fixture, rank);
        fixture.nap = 2000000;
        fixture.window = 5;
        fixture.words = 3;
        GPH_EXPECT_OK(context, work_off(&fixture));
        CU_ASSERT_EQUAL(wrong_tiles(&fixture, 1), 0);
        CU_ASSERT_EQUAL(fixture.wrong, 0);
        const int busy = busy_ranks(&fixture);
        GPH_EXPECT(busy > context->ranks / 2, "%d of %d ranks had work", busy, context->ranks);
        close_fixture(&fixture);
    }
}

/** A single entry is not carried about: whoever has it does it. */
static void test_last_entry(void)
{
    gph_context_t *context = gph_test_context();
    static fixture_t fixture;
    const int last = context->ranks - 1;
    if (!open_fixture(context, &fixture))
        return;
    fixture.list.count = 1;
    skew(&fixture, last);
    fixture.nap = 1000000;
    GPH_EXPECT_OK(context, work_off(&fixture));
    CU_ASSERT_EQUAL(fixture.runs[0], context->rank == last);
    fixture.list.count = 0;
    skew(&fixture, last);
    GPH_EXPECT_OK(context, work_off(&fixture));
    CU_ASSERT_EQUAL(fixture.runs[0], context->rank == last);
    fixture.list.count = TILES;
    close_fixture(&fixture);
}

/** All ranks ask all others at the same time, for little and for much. */
static void test_calls(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    static fixture_t fixture;
    const int64_t sizes[] = {0, 1, 100, 20000, LARGE_WORDS};
    if (!open_fixture(context, &fixture))
        return;
    for (int s = 0; s < 5; s++)
        for (int only = -1; only < context->ranks; only += context->ranks) {
            const gph_status_t status = ask(&fixture, only, sizes[s]);
            GPH_EXPECT_OK(context, gph_pool_sync(fixture.pool, status));
        }
    /* Everybody asks one rank, and that one asks nobody but itself. */
    GPH_EXPECT_OK(context, gph_pool_sync(fixture.pool, ask(&fixture, 0, 5000)));
    CU_ASSERT_EQUAL(fixture.wrong, 0);
    close_fixture(&fixture);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** Ranks come to the meeting one after the other, and those there answer those that still ask. */
static void test_unequal_arrival(void)
{
    gph_context_t *context = gph_test_context();
    static fixture_t fixture;
    if (!open_fixture(context, &fixture))
        return;
    for (int round = 0; round < 2; round++) {
        const int place = round == 0 ? context->rank : context->ranks - 1 - context->rank;
        gph_status_t status = GPH_OK;
        for (int i = 0; i < place && status == GPH_OK; i++) {
            sleep_for(3000000);
            status = ask(&fixture, -1, 10);
        }
        GPH_EXPECT_OK(context, gph_pool_sync(fixture.pool, status));
    }
    CU_ASSERT_EQUAL(fixture.wrong, 0);
    /* A failure that one rank brings along is everybody's. */
    for (int victim = 0; victim < context->ranks; victim++) {
        gph_status_t status = GPH_OK;
        if (context->rank == victim)
            status = gph_fail(context->env, GPH_ERR_INPUT, "rank %d failed", victim);
        GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_pool_sync(fixture.pool, status));
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
        gph_context_clear_error(context);
        GPH_EXPECT_OK(context, gph_pool_sync(fixture.pool, GPH_OK));
    }
    close_fixture(&fixture);
}

/** A failure of one rank ends the work of all; afterwards the pool works as before. */
static void check_failure(gph_context_t *context, int victim, flaw_t flaw)
{
    static fixture_t fixture;
    const int64_t start = gph_mem_used(context->env);
    if (!open_fixture(context, &fixture))
        return;
    fixture.window = 3;
    fixture.words = 20;
    fixture.nap = 100000;
    fixture.flaw = context->rank == victim ? flaw : NO_FLAW;
    gph_context_clear_error(context);
    const bool asked = context->ranks > 1;
    const gph_status_t wanted = flaw == IN_SERVE && !asked ? GPH_OK : GPH_ERR_VERIFY;
    GPH_EXPECT_STATUS(context, wanted, work_off(&fixture));
    CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
    if (wanted != GPH_OK)
        CU_ASSERT_PTR_NOT_NULL(
            strstr(gph_context_error(context), flaw == IN_SERVE ? "no answer from here" : "a bad"));
    fixture.flaw = NO_FLAW;
    gph_context_clear_error(context);
    for (int t = 0; t < TILES; t++)
        fixture.runs[t] = 0;
    GPH_EXPECT_OK(context, work_off(&fixture));
    CU_ASSERT_EQUAL(wrong_tiles(&fixture, 1), 0);
    CU_ASSERT_EQUAL(fixture.wrong, 0);
    close_fixture(&fixture);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_failures(void)
{
    gph_context_t *context = gph_test_context();
    const int last = context->ranks - 1;
    for (int victim = 0; victim <= last; victim += last > 0 ? last : 1) {
        check_failure(context, victim, IN_TILE);
        check_failure(context, victim, IN_RUN);
        check_failure(context, victim, IN_SERVE);
    }
}

/** Lack of memory to answer is told to the asker, who may ask for less: no rank has failed. */
static void test_serve_memory(void)
{
    gph_context_t *context = gph_test_context();
    static fixture_t fixture;
    const int last = context->ranks - 1;
    if (!open_fixture(context, &fixture))
        return;
    fixture.flaw = context->rank == last ? SERVE_MEMORY : NO_FLAW;
    gph_status_t status = context->rank == last ? GPH_OK : ask(&fixture, -1, 11);
    if (context->rank != last) {
        CU_ASSERT_EQUAL(status, GPH_ERR_MEMORY);
        GPH_EXPECT(strstr(gph_context_error(context), "1 byte too many") != NULL, "message: %s",
                   gph_context_error(context));
        gph_env_error_clear(context->env);
        status = ask(&fixture, -1, 10);
    }
    GPH_EXPECT_OK(context, gph_pool_sync(fixture.pool, status));
    CU_ASSERT_STRING_EQUAL(gph_context_error(context), "");
    CU_ASSERT_EQUAL(fixture.wrong, 0);
    close_fixture(&fixture);
}

static bool is_due(void *data)
{
    const fixture_t *fixture = data;
    return fixture->due_after > 0 && fixture->done >= fixture->due_after;
}

/** A pause on one rank stops all, each tile done once or not at all; then the rest is done. */
static void check_pause(gph_context_t *context, int64_t due_after)
{
    static fixture_t fixture;
    int64_t done[TILES];
    int64_t left = 0;
    if (!open_fixture(context, &fixture))
        return;
    fixture.nap = 200000;
    fixture.window = 11;
    fixture.due_after = context->rank == context->ranks - 1 ? due_after : 0;
    gph_pool_set_due(fixture.pool, is_due, &fixture);
    GPH_EXPECT_OK(context, work_off(&fixture));
    for (int t = 0; t < TILES; t++)
        done[t] = fixture.runs[t];
    MPI_Allreduce(MPI_IN_PLACE, done, TILES, MPI_INT64_T, MPI_SUM, context->comm);
    for (int t = 0; t < TILES; t++)
        left += done[t] == 0;
    CU_ASSERT_TRUE(left > 0 && left < TILES);
    gph_pool_set_due(fixture.pool, NULL, NULL);
    gph_worklist_free(&fixture.list);
    if (gph_test_all(gph_worklist_make(context, &fixture.tiles, done, &fixture.list) == GPH_OK)) {
        CU_ASSERT_EQUAL(fixture.list.count, left);
        GPH_EXPECT_OK(context, work_off(&fixture));
        CU_ASSERT_EQUAL(wrong_tiles(&fixture, 1), 0);
    }
    close_fixture(&fixture);
}

static void test_pause(void)
{
    gph_context_t *context = gph_test_context();
    check_pause(context, 1);
    check_pause(context, TILES / context->ranks / 2);
}

/** What tasks of a team share. */
typedef struct tasks {
    fixture_t *fixture;
    int64_t first_failure;
} tasks_t;

static gph_status_t run_task(void *data, int64_t task, int thread)
{
    tasks_t *tasks = data;
    tasks->fixture->runs[task]++;
    tasks->fixture->strangers += thread < 0 || thread >= tasks->fixture->context->threads;
    sleep_for(20000);
    return task < tasks->first_failure ? GPH_OK : GPH_ERR_VERIFY;
}

static void test_team(void)
{
    gph_context_t *context = gph_test_context();
    static fixture_t fixture;
    tasks_t tasks = {&fixture, TILES};
    int wrong = 0;
    if (!open_fixture(context, &fixture))
        return;
    /* The ranks in the team answer the one that only asks. */
    gph_status_t status = context->rank == 0 ? ask(&fixture, -1, 50)
                                             : gph_pool_team(fixture.pool, TILES, run_task, &tasks);
    GPH_EXPECT_OK(context, gph_pool_sync(fixture.pool, status));
    for (int t = 0; t < TILES; t++)
        wrong += fixture.runs[t] != (context->rank != 0);
    CU_ASSERT_EQUAL(wrong, 0);
    GPH_EXPECT_OK(context, gph_pool_team(fixture.pool, 0, run_task, &tasks));
    /* Local: a failure here is no concern of other ranks. */
    tasks.first_failure = 30;
    CU_ASSERT_EQUAL(gph_pool_team(fixture.pool, TILES, run_task, &tasks), GPH_ERR_VERIFY);
    CU_ASSERT_TRUE(fixture.runs[30] == 1 + (context->rank != 0));
    CU_ASSERT_TRUE(fixture.runs[TILES - 1] == (context->rank != 0));
    CU_ASSERT_EQUAL(fixture.strangers + fixture.wrong, 0);
    close_fixture(&fixture);
}

/** Fails each allocation of one rank in turn while it works, asks and answers at length. */
static void break_rank(gph_context_t *context, int victim)
{
    static fixture_t fixture;
    int failed = 0;
    for (int64_t nth = 1; nth < 60; nth += 1 + nth / 8) {
        gph_context_clear_error(context);
        const int64_t start = gph_mem_used(context->env);
        if (!open_fixture(context, &fixture))
            return;
        fixture.window = 40;
        fixture.words = LARGE_WORDS / 8;
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, context->rank == victim ? nth : 0);
        const gph_status_t status = work_off(&fixture);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_TRUE(gph_test_same_i64(status));
        CU_ASSERT_TRUE(status == GPH_OK || status == GPH_ERR_MEMORY);
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
        if (status == GPH_OK)
            CU_ASSERT_EQUAL(wrong_tiles(&fixture, 1), 0);
        if (status != GPH_OK)
            CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "allocation"));
        failed += status != GPH_OK;
        CU_ASSERT_EQUAL(fixture.wrong, 0);
        close_fixture(&fixture);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
    }
    GPH_EXPECT(failed > 1, "%d failures on rank %d", failed, victim);
}

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    const int last = context->ranks - 1;
    for (int victim = 0; victim <= last; victim += last > 0 ? last : 1)
        break_rank(context, victim);
}

/** Tiles of uneven cost, some of them done. */
static void check_worklist(gph_context_t *context, int ways)
{
    int64_t cost[TILES];
    int64_t done[TILES];
    int64_t place[TILES + 1];
    int64_t ranks[MAX_RANKS + 1] = {0};
    gph_tiles_t tiles = {TILES, place, cost, ranks, ranks};
    gph_worklist_t list = {0};
    int64_t entry = 0;
    int64_t total = 0;
    int64_t wrong = 0;
    for (int64_t t = 0; t < TILES; t++) {
        cost[t] = ways == 0 ? 1 : ways == 1 ? t * t + 1 : t == 17 ? 1000000 : 3;
        done[t] = ways == 1 ? t % 3 == 0 : ways == 2 ? t > 100 : ways == 3;
        total += done[t] ? 0 : cost[t];
    }
    if (!GPH_EXPECT_OK(context, gph_worklist_make(context, &tiles, done, &list)))
        return;
    for (int64_t t = 0; t < TILES; t++) {
        if (done[t])
            continue;
        wrong += entry >= list.count || list.tile[entry] != t || list.cost[entry] != cost[t];
        entry += 1;
    }
    wrong += entry != list.count || list.rank_first[0] != 0;
    wrong += list.rank_first[context->ranks] != list.count;
    for (int r = 0; r < context->ranks; r++) {
        /* A boundary is nowhere further from its even place than half of the entry it lies at. */
        int64_t before = 0;
        int64_t widest = 1;
        for (int64_t e = 0; e < list.rank_first[r]; e++)
            before += list.cost[e];
        for (int64_t e = 0; e < list.count; e++)
            widest = list.cost[e] > widest ? list.cost[e] : widest;
        const int64_t off = before * context->ranks - total * r;
        wrong += list.rank_first[r] > list.rank_first[r + 1];
        wrong += (off < 0 ? -off : off) > (widest + 1) * context->ranks / 2 + context->ranks;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    gph_worklist_free(&list);
    CU_ASSERT_PTR_NULL(list.tile);
}

static void test_worklist(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int ways = 0; ways < 4; ways++)
        check_worklist(context, ways);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

GPH_TEST_SUITE(pool, {"runs each tile once", test_each_tile_once},
               {"gives idle ranks work", test_stealing},
               {"leaves the last entry where it is", test_last_entry},
               {"brings answers of every size", test_calls},
               {"meets ranks that come late", test_unequal_arrival},
               {"ends on all ranks after a failure", test_failures},
               {"tells the asker that memory is short", test_serve_memory},
               {"pauses and goes on", test_pause}, {"runs tasks of one rank", test_team},
               {"survives failing allocations", test_faults},
               {"lists what is left, evenly", test_worklist});
