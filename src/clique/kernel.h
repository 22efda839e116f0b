/**
 * The kernel: cliques that begin at one root of a block, inside a bit matrix of the root's
 * out-neighbourhood. Pure computation on one thread; a work space a thread.
 */
#ifndef GPH_CLIQUE_KERNEL_H
#define GPH_CLIQUE_KERNEL_H

#include "clique/block.h"

/** Binomial coefficients C(n, r), r <= r_max; GPH_BINOMIAL_OVER where 128 bits do not hold one. */
typedef struct gph_binomials {
    int64_t n_max;
    int r_max;
    gph_count_t *value; /**< [n_max + 1][r_max + 1] */
} gph_binomials_t;

#define GPH_BINOMIAL_OVER (~(gph_count_t)0)

/** Pascal's triangle. Local. Cost: O(n_max × r_max). */
gph_status_t gph_binomials_make(gph_env_t *env, int64_t n_max, int r_max, gph_binomials_t *table);
/** Frees the table. Local. */
void gph_binomials_free(gph_binomials_t *table);

/** C(n, r) from the table; 0 for r < 0 or r > n. */
static inline gph_count_t gph_binomial(const gph_binomials_t *table, int64_t n, int r)
{
    return r < 0 || r > n ? 0 : table->value[n * (table->r_max + 1) + r];
}

/** What a work space is for, beside counting. */
enum { GPH_SPACE_VERTEX_COUNTS = 1, GPH_SPACE_ROWS = 2, GPH_SPACE_COVER = 4 };

/** Work space of one thread, and the subgraph of the root it works on. */
typedef struct gph_clique_space {
    /* Settings and input, shared. (Aligned, so that no two threads write to one cache line.) */
    _Alignas(64) const gph_block_t *block;
    const gph_binomials_t *binomials;
    int k; /**< members of a clique */
    gph_clique_method_t method;
    /* The subgraph of the present root. Vertex i of it is row[i]. */
    gph_lid_t root;       /**< index of the root in the block, -1: none */
    const gph_lid_t *row; /**< [degree] out-neighbours of the root */
    int degree;           /**< d */
    int words;            /**< 64-bit words of a set: ceil(d / 64) */
    uint64_t *later;      /**< [d × words] neighbours of i after i */
    uint64_t *both; /**< [d × words] all neighbours of i; made for pivoting and per-vertex counts */
    bool has_both;
    uint32_t *mark;  /**< [block vertices] index in the subgraph plus one, 0 outside */
    uint64_t *stack; /**< sets of the recursion */
    int *member;     /**< [k] members chosen so far, for enumeration */
    /* Results. */
    gph_count_t
        *vertex_count; /**< [d] cliques through vertex i of the subgraph, or NULL when not wanted */
    bool overflow;     /**< 128 bits did not hold a count */
} gph_clique_space_t;

/** How the vertices of a set are joined inside it. */
typedef struct gph_set_shape {
    int size;      /**< vertices */
    int64_t twice; /**< twice the edges */
    int most;      /**< most neighbours that a vertex has inside; -1: no vertex */
    int pivot;     /**< a vertex that has so many */
} gph_set_shape_t;

/** Kernels of one instruction set. */
typedef struct gph_clique_isa {
    const char *name;
    /** k-cliques (k >= 4, or any k >= 3 with vertex_count) that begin at the root and whose second
     *  member is row[begin] up to row[end - 1]; the whole row counts at once by the better method.
     */
    gph_count_t (*count)(gph_clique_space_t *space, int begin, int end);
    /** Shape of a set in a matrix `both`. */
    gph_set_shape_t (*shape)(const uint64_t *both, const uint64_t *set, int words);
    /** How the vertices of another set are joined to those of a set: size is theirs. */
    gph_set_shape_t (*outside)(const uint64_t *both, const uint64_t *others, const uint64_t *set,
                               int words);
    /** First i in [0, count) whose set, number row[i] of sets[][words], has at least `least` in
     *  common with a set; `count` when there is none. */
    int64_t (*match)(const uint64_t *set, const uint64_t *sets, const int32_t *row, int64_t count,
                     int words, int least);
} gph_clique_isa_t;

/** The kernels for this processor, chosen at the first call. Local, thread-safe. */
const gph_clique_isa_t *gph_clique_isa(void);

/** All kernels compiled in that this processor can run; returns how many. For tests. Local. */
int gph_clique_isas(const gph_clique_isa_t *isas[], int room);

/**
 * Makes a work space for roots of out-degree up to max_out. Local.
 * Memory: 4 bytes a vertex of the block and 3 × max_out² / 8 bytes or so.
 */
gph_status_t gph_clique_space_make(gph_env_t *env, const gph_block_t *block, int64_t max_out,
                                   const gph_binomials_t *binomials, int k,
                                   gph_clique_method_t method, int purpose,
                                   gph_clique_space_t *space);

/** Frees a work space. Local. */
void gph_clique_space_free(gph_clique_space_t *space);

/** Turns to a root: marks its row. Keeps the matrix when it is the root of the last call. Local. */
void gph_clique_space_root(gph_clique_space_t *space, gph_lid_t root);

/** Builds the bit matrix of the present root, with both directions when asked. Local. */
void gph_clique_space_matrix(gph_clique_space_t *space, bool both);

/**
 * Number of k-cliques that begin at the present root and whose second member is row[begin] up to
 * row[end - 1] (k >= 2). With vertex_count, adds to the counts of the subgraph's vertices. Local.
 */
gph_count_t gph_clique_count_root(gph_clique_space_t *space, int begin, int end);

#endif
