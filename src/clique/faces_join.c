/*
 * Joining. A k-clique without its last member is a face; all its other faces are joined to that
 * one. Those that hold the root are items of the same root: its own rank joins them. The one
 * without the root is an item of the second member: that one's rank is told the common
 * out-neighbours of both, and the faces that begin with both, one label each, in their order; it
 * walks over its own items inside the common neighbours and meets these faces in the same order.
 *
 * Where the children of an item are all joined, one of them stands for all.
 */
#include "clique/faces.h"

#include "base/sort.h"
#include "clique/bits.h"
#include "clique/joins.h"
#include "clique/roots.h"
#include "clique/rounds.h"
#include "par/comm.h"

/* Words in front of a message: the position that it is for, its out-neighbours, its labels. */
enum { TO, NEIGHBOURS, LABELS, HEAD };

/* An item while members are added. */
typedef struct cursor {
    int64_t item;
    uint64_t *set; /* out-neighbours that may be added */
} cursor_t;

/* A thread. */
typedef struct joiner {
    _Alignas(64) const gph_clique_space_t *space;
    cursor_t *cursor;  /* [depth + 1][depth + 2] */
    uint64_t *sets;    /* [depth + 1][depth + 2][words]: theirs */
    uint64_t *inside;  /* [depth + 1][words] */
    int64_t next;      /* label that comes next */
    gph_array_t words; /* int64_t: messages */
} joiner_t;

typedef struct joining {
    gph_clique_job_t *job;
    const gph_faces_t *faces;
    gph_joins_t joins;
    gph_rounds_t rounds;
    int64_t round;        /* that is worked on */
    unsigned char *whole; /* [items of level depth - 1] 1: all children are joined */
    joiner_t *joiner;     /* [threads] */
    /* Received in this round. */
    int64_t *word;       /* messages, labels as places */
    int64_t arrived;     /* words */
    gph_pair_t *for_row; /* [messages] row that it is for, where it begins; ascending */
    int64_t messages;
} joining_t;

static int64_t first_child(const joining_t *j, int level, int64_t item)
{
    return j->faces->child[level][item];
}

/* First face below an item of level 1. */
static int64_t first_face(const joining_t *j, int64_t edge)
{
    for (int level = 1; level < j->faces->depth; ++level)
        edge = first_child(j, level, edge);
    return edge;
}

/* Joins a place to the children of an item of level depth - 1 that add a member of `set`. */
static void join_children(joining_t *j, const cursor_t *parent, const uint64_t *set, int words,
                          int64_t place)
{
    int64_t child = first_child(j, j->faces->depth - 1, parent->item);
    uint64_t missing = 0;

    if (j->whole[parent->item]) {
        gph_joins_unite(&j->joins, place, child);
        return;
    }
    for (int w = 0; w < words; ++w) {
        for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1) {
            const uint64_t before = (bits & -bits) - 1;
            gph_joins_unite(&j->joins, place,
                            child + __builtin_popcountll(parent->set[w] & before));
        }
        child += __builtin_popcountll(parent->set[w]);
        missing |= parent->set[w] & ~set[w];
    }
    j->whole[parent->item] = missing == 0;
}

/* to = the item that comes of another one, at `level`, by adding a member. */
static void extend(const joining_t *j, const joiner_t *t, int level, const cursor_t *from,
                   int member, cursor_t *to)
{
    const int words = t->space->words;
    to->item = first_child(j, level, from->item) + gph_set_before(from->set, member);
    gph_set_meet(to->set, from->set, t->space->later + (size_t)member * (size_t)words, words);
}

/* --- faces of one root ------------------------------------------------------------------------ */

/* Cursors of a level: [level] the item itself, [i] the item without its i-th member. */
static cursor_t *cursors(const joining_t *j, const joiner_t *t, int level)
{
    return t->cursor + (ptrdiff_t)level * (j->faces->depth + 2);
}

/* Joins faces of the k-cliques that hold the root and the members chosen so far, `level` of them.
 */
static void join_below(joining_t *j, joiner_t *t, int level)
{
    const int depth = j->faces->depth;
    const int words = t->space->words;
    const cursor_t *here = cursors(j, t, level);
    cursor_t *next = cursors(j, t, level + 1);

    if (gph_set_size(here[level].set, words) < depth + 1 - level)
        return;
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = here[level].set[w]; bits != 0; bits &= bits - 1) {
            const int member = 64 * w + __builtin_ctzll(bits);
            extend(j, t, level, &here[level], member, &next[level + 1]);
            if (gph_set_empty(next[level + 1].set, words))
                continue;
            for (int i = 0; i < level; ++i)
                extend(j, t, level - 1, &here[i], member, &next[i]);
            next[level].item = here[level].item;
            memcpy(next[level].set, here[level].set, (size_t)words * sizeof *next[level].set);
            if (level + 1 < depth) {
                join_below(j, t, level + 1);
                continue;
            }
            for (int i = 0; i < depth; ++i)
                join_children(j, &next[i], next[depth].set, words, next[depth].item);
        }
}

/* Bytes of the messages that a root causes. */
static void weigh_root(joining_t *j, const gph_clique_space_t *space, int64_t row)
{
    const int64_t edge = j->job->dag.offset[row];
    for (int i = 0; i < space->degree; ++i) {
        const uint64_t *set = space->later + (size_t)i * (size_t)space->words;
        const int64_t common = gph_set_size(set, space->words);
        if (common == 0)
            continue;
        const int64_t labels = first_face(j, edge + i + 1) - first_face(j, edge + i);
        const gph_gid_t to = space->block->position[space->row[i]];
        __atomic_fetch_add(&j->rounds.bytes[gph_rounds_stretch(&j->rounds, to)],
                           8 * (HEAD + common + labels) + (int64_t)sizeof(gph_pair_t),
                           __ATOMIC_RELAXED);
    }
}

static gph_status_t join_root(void *data, gph_clique_space_t *space, int64_t row, int thread)
{
    joining_t *j = data;
    joiner_t *t = &j->joiner[thread];
    cursor_t *root = cursors(j, t, 0);

    if (space->degree == 0)
        return GPH_OK;
    gph_clique_space_matrix(space, false);
    t->space = space;
    for (int level = 0; level <= j->faces->depth; ++level)
        for (int i = 0; i <= level; ++i)
            cursors(j, t, level)[i].set =
                t->sets +
                ((size_t)level * (size_t)(j->faces->depth + 2) + (size_t)i) * (size_t)space->words;
    root->item = row;
    gph_set_fill(root->set, space->degree);
    join_below(j, t, 0);
    weigh_root(j, space, row);
    return GPH_OK;
}

/* --- messages ------------------------------------------------------------------------------- */

/* Messages of a root in this round. */
static gph_status_t tell_root(void *data, gph_clique_space_t *space, int64_t row, int thread)
{
    gph_status_t status = GPH_OK;
    joining_t *j = data;
    gph_array_t *words = &j->joiner[thread].words;
    const gph_gid_t *position = space->block->position;

    gph_clique_space_matrix(space, false);
    for (int i = 0; i < space->degree; ++i) {
        const uint64_t *set = space->later + (size_t)i * (size_t)space->words;
        const int64_t face = first_face(j, j->job->dag.offset[row] + i);
        const int64_t end = first_face(j, j->job->dag.offset[row] + i + 1);
        const int64_t head[HEAD] = {position[space->row[i]], gph_set_size(set, space->words),
                                    end - face};
        if (head[NEIGHBOURS] == 0 || !gph_rounds_in(&j->rounds, j->round, head[TO]))
            continue;
        GPH_TRY(gph_array_append(words, head, HEAD));
        for (int w = 0; w < space->words; ++w)
            for (uint64_t bits = set[w]; bits != 0; bits &= bits - 1)
                GPH_TRY(
                    gph_array_push(words, &position[space->row[64 * w + __builtin_ctzll(bits)]]));
        for (int64_t f = face; f < end; ++f) {
            const int64_t label = gph_joins_number(&j->joins, gph_joins_root(&j->joins, f));
            GPH_TRY(gph_array_push(words, &label));
        }
    }

cleanup:
    return status;
}

static int64_t message_words(const int64_t *word)
{
    return HEAD + word[NEIGHBOURS] + word[LABELS];
}

/* Adds the words of a thread's messages to the counts of their receivers, or copies them there. */
static void pack_thread(const joining_t *j, const gph_array_t *words, int64_t *count,
                        int64_t *packed)
{
    const int64_t *word = words->data;
    const int64_t *end = word + words->count;
    for (; word < end; word += message_words(word)) {
        const int64_t r = gph_find_range(j->job->dag.start, j->job->context->ranks, word[TO]);
        if (packed != NULL)
            memcpy(packed + count[r], word, (size_t)message_words(word) * sizeof *word);
        count[r] += message_words(word);
    }
}

/* Puts the messages of all threads in order of receivers. *packed receives [sum of count] words. */
static gph_status_t pack(joining_t *j, int64_t *count, int64_t **packed)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = j->job->context;
    int64_t *cursor = NULL; /* [ranks + 1] */

    GPH_TRY(gph_calloc(context->env, context->ranks + 1, sizeof *cursor, &cursor));
    for (int t = 0; t < context->threads; ++t)
        pack_thread(j, &j->joiner[t].words, count, NULL);
    for (int r = 0; r < context->ranks; ++r)
        cursor[r + 1] = cursor[r] + count[r];
    GPH_TRY(gph_alloc(context->env, cursor[context->ranks], sizeof **packed, packed));
    for (int t = 0; t < context->threads; ++t) {
        pack_thread(j, &j->joiner[t].words, cursor, *packed);
        gph_array_free(&j->joiner[t].words);
    }

cleanup:
    gph_free(cursor);
    return status;
}

/* Finds the messages in what arrived; labels become places. */
static gph_status_t arrange(joining_t *j)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = j->job->context->env;
    gph_array_t found = gph_array_init(env, sizeof(gph_pair_t));
    int64_t last = -1; /* label: mostly the same again */
    int64_t place = 0;

    for (int64_t at = 0; at < j->arrived;) {
        int64_t *word = j->word + at;
        int64_t *label = word + HEAD + word[NEIGHBOURS];
        const gph_pair_t pair = {word[TO] - j->job->dag.first, at};
        GPH_TRY(gph_array_push(&found, &pair));
        for (int64_t i = 0; i < word[LABELS]; ++i) {
            if (label[i] != last)
                GPH_TRY(gph_joins_place(&j->joins, label[i], &place));
            last = label[i];
            label[i] = place;
        }
        at += message_words(word);
    }
    j->messages = found.count;
    GPH_TRY(gph_sort_pairs(env, found.count, found.data, NULL));
    j->for_row = gph_array_take(&found);

cleanup:
    gph_array_free(&found);
    return status;
}

static gph_status_t send(joining_t *j)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = j->job->context;
    int64_t *count = NULL; /* [2 × ranks] sent, received */
    int64_t *packed = NULL;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, pack(j, count, &packed));
    GPH_TRY(gph_comm_exchange(context, sizeof *packed, packed, count, &j->word,
                              count + context->ranks));
    j->arrived = 0;
    for (int r = 0; r < context->ranks; ++r)
        j->arrived += count[context->ranks + r];
    GPH_TRY_ALL(context, arrange(j));

cleanup:
    gph_free(count);
    gph_free(packed);
    return status;
}

/* --- faces of two roots ----------------------------------------------------------------------- */

/* Joins the labels of a message to the items inside the common neighbours, `level` members of which
 * are chosen. */
static void join_inside(joining_t *j, joiner_t *t, int level, const uint64_t *inside,
                        const int64_t *label)
{
    const int words = t->space->words;
    const cursor_t *here = cursors(j, t, level);
    uint64_t *met = t->inside + (size_t)(level + 1) * (size_t)words;

    if (level == j->faces->depth - 1) {
        if (!gph_set_empty(inside, words))
            join_children(j, here, inside, words, label[t->next]);
        t->next += 1;
        return;
    }
    for (int w = 0; w < words; ++w)
        for (uint64_t bits = inside[w]; bits != 0; bits &= bits - 1) {
            const int member = 64 * w + __builtin_ctzll(bits);
            extend(j, t, level, here, member, cursors(j, t, level + 1));
            gph_set_meet(met, inside, t->space->later + (size_t)member * (size_t)words, words);
            join_inside(j, t, level + 1, met, label);
        }
}

/* All messages for one root. */
static gph_status_t hear_root(void *data, gph_clique_space_t *space, int64_t row, int thread)
{
    joining_t *j = data;
    joiner_t *t = &j->joiner[thread];
    const gph_gid_t *position = space->block->position;
    int64_t low = 0;
    int64_t high = j->messages;

    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (j->for_row[middle].a < row)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == j->messages || j->for_row[low].a != row)
        return GPH_OK;
    gph_clique_space_matrix(space, false);
    t->space = space;
    for (int level = 0; level < j->faces->depth; ++level)
        cursors(j, t, level)->set = t->sets + (size_t)level * (size_t)space->words;
    cursors(j, t, 0)->item = row;
    gph_set_fill(cursors(j, t, 0)->set, space->degree);
    for (; low < j->messages && j->for_row[low].a == row; ++low) {
        const int64_t *word = j->word + j->for_row[low].b;
        int slot = 0;
        memset(t->inside, 0, (size_t)space->words * sizeof *t->inside);
        for (int64_t i = 0; i < word[NEIGHBOURS]; ++i) {
            while (position[space->row[slot]] != word[HEAD + i])
                ++slot;
            t->inside[slot >> 6] |= UINT64_C(1) << (slot & 63);
        }
        t->next = 0;
        join_inside(j, t, 0, t->inside, word + HEAD + word[NEIGHBOURS]);
    }
    return GPH_OK;
}

/* --- the whole ------------------------------------------------------------------------------ */

static gph_status_t open_joining(joining_t *j)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = j->job->context;
    gph_env_t *env = context->env;
    const int depth = j->faces->depth;
    const int64_t words = (j->job->dag.max_out + 63) / 64;
    const int64_t cells = (depth + 1) * (int64_t)(depth + 2);

    GPH_TRY(gph_calloc(env, context->threads, sizeof *j->joiner, &j->joiner));
    for (int t = 0; t < context->threads; ++t) {
        joiner_t *joiner = &j->joiner[t];
        joiner->words = gph_array_init(env, sizeof(int64_t));
        GPH_TRY(gph_alloc(env, cells, sizeof *joiner->cursor, &joiner->cursor));
        GPH_TRY(gph_alloc(env, cells * words, sizeof *joiner->sets, &joiner->sets));
        GPH_TRY(gph_alloc(env, (depth + 1) * words, sizeof *joiner->inside, &joiner->inside));
    }
    GPH_TRY(gph_calloc(env, j->faces->parents, sizeof *j->whole, &j->whole));
    GPH_TRY(gph_rounds_open(&j->job->dag, &j->rounds));
    GPH_TRY(gph_joins_open(context, j->faces->start, &j->joins));

cleanup:
    return status;
}

static void end_round(joining_t *j)
{
    gph_free(j->word);
    gph_free(j->for_row);
    j->word = NULL;
    j->for_row = NULL;
}

static void close_joining(joining_t *j)
{
    for (int t = 0; j->joiner != NULL && t < j->job->context->threads; ++t) {
        gph_free(j->joiner[t].cursor);
        gph_free(j->joiner[t].sets);
        gph_free(j->joiner[t].inside);
        gph_array_free(&j->joiner[t].words);
    }
    gph_free(j->joiner);
    gph_free(j->whole);
    gph_rounds_free(&j->rounds);
    gph_joins_close(&j->joins);
    end_round(j);
}

gph_status_t gph_faces_join(gph_clique_job_t *job, const gph_faces_t *faces, int64_t **label)
{
    gph_status_t status = GPH_OK;
    joining_t j = {.job = job, .faces = faces};
    const gph_job_ops_t ops = {NULL, NULL, gph_clique_state_save, job};

    GPH_TRY_ALL(job->context, open_joining(&j));
    GPH_TRY(gph_clique_roots(job, GPH_BLOCK_POSITIONS, join_root, &j));
    GPH_TRY(gph_rounds_plan(&j.rounds));
    for (j.round = 0; j.round < j.rounds.count; ++j.round) {
        GPH_TRY(gph_job_step(job->engine, &ops));
        GPH_TRY(gph_clique_roots(job, GPH_BLOCK_POSITIONS, tell_root, &j));
        GPH_TRY(send(&j));
        GPH_TRY(gph_clique_roots(job, GPH_BLOCK_POSITIONS, hear_root, &j));
        end_round(&j);
    }
    GPH_TRY(gph_joins_labels(&j.joins, label));

cleanup:
    close_joining(&j);
    return status;
}
