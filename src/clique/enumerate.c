/* Enumeration by recursion on the bit matrix of a root; stretches to be skipped are counted
 * instead. */
#include "clique/enumerate.h"

typedef struct writer {
    gph_clique_space_t *space;
    int64_t skip; /* rows of the stretch ahead that are not wanted */
    int64_t left; /* rows still wanted */
    int64_t *out; /* next row */
    int64_t *begin;
} writer_t;

/* Writes one row: the root and the chosen members, input ids ascending. */
static void write_row(writer_t *writer, int members)
{
    const gph_clique_space_t *space = writer->space;
    const int64_t *id = space->block->id;
    int64_t *row = writer->out;
    int held = 1;

    if (writer->skip > 0) {
        writer->skip -= 1;
        return;
    }
    row[0] = id[space->root];
    for (int m = 0; m < members; ++m) {
        const int64_t value = id[space->row[space->member[m]]];
        int at = held++;
        for (; at > 0 && row[at - 1] > value; --at)
            row[at] = row[at - 1];
        row[at] = value;
    }
    writer->out += held;
    writer->left -= 1;
}

/* Chooses the members from number `chosen` on from a set. */
static void descend(writer_t *writer, const uint64_t *set, int chosen, uint64_t *stack)
{
    gph_clique_space_t *space = writer->space;
    const int words = space->words;
    const int wanted = space->k - 1 - chosen;

    for (int w = 0; w < words; ++w)
        for (uint64_t bits = set[w]; bits != 0 && writer->left > 0; bits &= bits - 1) {
            const int i = 64 * w + __builtin_ctzll(bits);
            space->member[chosen] = i;
            if (wanted == 1) {
                write_row(writer, chosen + 1);
                continue;
            }
            const uint64_t *later = space->later + (size_t)i * (size_t)words;
            int size = 0;
            for (int x = 0; x < words; ++x) {
                stack[x] = later[x] & set[x];
                size += __builtin_popcountll(stack[x]);
            }
            if (size >= wanted - 1)
                descend(writer, stack, chosen + 1, stack + words);
        }
}

/* Rows whose second member is row[i] of the present root, or counts them when all are skipped. */
static void write_second(writer_t *writer, int i)
{
    gph_clique_space_t *space = writer->space;
    space->member[0] = i;
    if (space->k == 2) {
        write_row(writer, 1);
        return;
    }
    if (writer->skip > 0) {
        const gph_count_t count = gph_clique_count_root(space, i, i + 1);
        if (count <= (gph_count_t)writer->skip) {
            writer->skip -= (int64_t)count;
            return;
        }
    }
    gph_clique_space_matrix(space, false);
    descend(writer, space->later + (size_t)i * (size_t)space->words, 1, space->stack);
}

static void write_piece(writer_t *writer, const gph_clique_piece_t *piece)
{
    gph_clique_space_t *space = writer->space;
    gph_clique_space_root(space, (gph_lid_t)(piece->position - space->block->first));
    if (space->k == 1) {
        if (piece->begin == 0)
            write_row(writer, 0);
        return;
    }
    const int begin = piece->begin == 0 ? 0 : (int)piece->begin - 1;
    const int end = piece->end == INT64_MAX ? space->degree : (int)piece->end - 1;
    if (space->degree < space->k - 1)
        return;
    if (writer->skip > 0) {
        const gph_count_t count = gph_clique_count_root(space, begin, end);
        if (count <= (gph_count_t)writer->skip) {
            writer->skip -= (int64_t)count;
            return;
        }
    }
    for (int i = begin; i < end && writer->left > 0; ++i)
        write_second(writer, i);
}

int64_t gph_clique_enumerate(const gph_dag_t *dag, gph_clique_space_t *space, int64_t tile,
                             int64_t skip, int64_t want, int64_t *rows)
{
    writer_t writer = {.space = space, .skip = skip, .left = want, .out = rows, .begin = rows};
    gph_clique_piece_t piece = gph_clique_piece_first(dag, tile);
    bool more = piece.position >= 0;
    while (more && writer.left > 0) {
        write_piece(&writer, &piece);
        more = gph_clique_piece_next(dag, tile, &piece);
    }
    return (writer.out - writer.begin) / space->k;
}
