/**
 * Expressions as trees in prefix order: node v comes before its operands, which follow as whole
 * trees, so types and numbers of operands say everything. Here is what the library's own modules
 * need beside gph/graph_expression.h: making expressions node by node, and small graphs of them.
 */
#ifndef GPH_GRAPH_EXPRESSION_PRIVATE_H
#define GPH_GRAPH_EXPRESSION_PRIVATE_H

#include "base/array.h"
#include "base/hash.h"
#include "gph/graph_expression.h"
#include "graph/small.h"

struct gph_expression {
    gph_env_t *env;
    gph_array_t type;     /**< uint8_t: gph_node_type_t, and GPH_NODE_GROUPED */
    gph_array_t operands; /**< int64_t: how many each node has */
    gph_array_t offset;   /**< int64_t [nodes + 1]: where each text begins in `bytes` */
    gph_array_t bytes;    /**< char: texts of the nodes, without terminators */
};

/* --- making --------------------------------------------------------------------------------- */

/** Expression without nodes. Allocates nothing. Local. */
gph_expression_t gph_expression_init(gph_env_t *env);

/** Frees the nodes and empties. Local. */
void gph_expression_free(gph_expression_t *expression);

/** Forgets the nodes, keeping the memory for the next ones. Local. */
void gph_expression_clear(gph_expression_t *expression);

/**
 * Appends a node in prefix order. Local.
 * @param type gph_node_type_t, with GPH_NODE_GROUPED where it is to be written in parentheses
 * @param text [length]
 */
gph_status_t gph_expression_push(gph_expression_t *expression, int type, int64_t operands,
                                 const char *text, int64_t length);

/** Appends a number: an integer if it is whole and at most 2^53, else a float in the fewest digits
 * that give it back. `value` is finite. Local. */
gph_status_t gph_expression_push_number(gph_expression_t *expression, double value);

/** Appends nodes first .. end - 1 of another expression. Local. */
gph_status_t gph_expression_push_part(gph_expression_t *expression, const gph_expression_t *from,
                                      int64_t first, int64_t end);

/** Where a text comes from, for messages. */
typedef struct gph_expression_source {
    const char *name; /**< such as a path */
    int64_t line;     /**< number of its first line */
} gph_expression_source_t;

/**
 * Reads one expression into an empty one. Local. As gph_expression_parse().
 * @return GPH_ERR_INPUT "NAME:LINE:COLUMN: …"
 */
gph_status_t gph_expression_read(gph_env_t *env, gph_expression_source_t source, const char *text,
                                 int64_t size, gph_expression_t *expression);

/** Appends the text of gph_expression_format() to an array of bytes. Local. */
gph_status_t gph_expression_write(const gph_expression_t *expression, gph_array_t *text);

/* --- looking -------------------------------------------------------------------------------- */

/** Number of nodes. Local. */
static inline int64_t gph_expression_count(const gph_expression_t *expression)
{
    return expression->type.count;
}

/** Type of a node as gph_node_type_t. Local. */
static inline int gph_expression_type(const gph_expression_t *expression, int64_t node)
{
    return ((const uint8_t *)expression->type.data)[node] & ~GPH_NODE_GROUPED;
}

/** True when both are the same tree of the same texts; parentheses do not matter. Local. */
bool gph_expression_equal(const gph_expression_t *a, const gph_expression_t *b);

/** Digest of what gph_expression_equal() compares. Local. */
gph_digest_t gph_expression_digest(const gph_expression_t *expression);

/**
 * end[v] = one more than the last node of the tree below v, for each node. Local.
 * @param end [nodes]
 */
gph_status_t gph_expression_ends(const gph_expression_t *expression, int64_t *end);

/** Its small graph: an edge from each operator or function to each of its operands, which have
 * ascending numbers. Local. gph_small_dag_free(). */
gph_status_t gph_expression_dag(const gph_expression_t *expression, gph_small_dag_t *dag);

/* --- operations ----------------------------------------------------------------------------- */

/** An operator or function that has a value. */
typedef struct gph_operation {
    const char *name;
    gph_node_type_t type;
    int usual; /**< operands without parentheses */
    int least; /**< operands in parentheses, at least */
    int most;  /**< at most; 0: any number */
    bool commutes;
    double (*one)(double);         /**< of one operand, or NULL */
    double (*two)(double, double); /**< of two, from left to right, or NULL */
} gph_operation_t;

/** The table, its last row without a name. */
extern const gph_operation_t gph_operations[];

/** Operation by its name, or NULL. Local. */
const gph_operation_t *gph_operation_find(const char *text, int64_t length);

/** Applies an operation to count operands, a number that it allows. Local. */
double gph_operation_apply(const gph_operation_t *operation, int64_t count, const double *operands);

/** What text[length] is as a number: GPH_NODE_INTEGER, GPH_NODE_FLOAT, or GPH_NODE_PLAIN for none.
 * Local. */
gph_node_type_t gph_number_type(const char *text, int64_t length);

/** Value of a number, rounded once to the nearest double, whatever the locale. Local. */
gph_status_t gph_number_value(gph_env_t *env, const char *text, int64_t length, double *value);

/** Values of symbols, to be looked up. */
typedef struct gph_symbol_values {
    int64_t count;
    gph_binding_t *binding; /**< [count] ascending by name */
} gph_symbol_values_t;

/** Sorts bindings. Local. GPH_ERR_USAGE for a name that is none or that occurs twice. The names
 * must outlive it. gph_free(values->binding). */
gph_status_t gph_symbol_values_make(gph_env_t *env, int64_t count, const gph_binding_t *bindings,
                                    gph_symbol_values_t *values);

/** Value of a symbol; false when it has none. Local. */
bool gph_symbol_value(const gph_symbol_values_t *values, const char *text, int64_t length,
                      double *value);

/** Value of a node without operands. Local. GPH_ERR_USAGE when it has none. */
gph_status_t gph_leaf_value(gph_env_t *env, const gph_expression_node_t *leaf,
                            const gph_symbol_values_t *values, double *value);

/** Operation of a node with operands. Local. GPH_ERR_USAGE when it has no value. */
gph_status_t gph_find_operation(gph_env_t *env, const gph_expression_node_t *node,
                                const gph_operation_t **operation);

/** As gph_expression_evaluate(). Local. Cost: O(nodes). */
gph_status_t gph_expression_value(gph_env_t *env, const gph_expression_t *expression,
                                  const gph_symbol_values_t *values, double *value);

/* --- rewriting ------------------------------------------------------------------------------ */

/**
 * Replaces whatever has no symbol in it and a finite value by its value. Local. The result
 * evaluates to the same bits.
 * @param folded receives it; empty before
 */
gph_status_t gph_expression_fold(const gph_expression_t *expression, gph_expression_t *folded);

/**
 * Normal form under commuting operands: those of + * min max hypot are sorted (numbers before
 * symbols before operators before functions, then by text, then by size, then by digest), so that
 * two expressions that differ in their order alone become equal. Local.
 * @param sorted receives it; empty before. Cost: O(n log n).
 */
gph_status_t gph_expression_sort(const gph_expression_t *expression, gph_expression_t *sorted);

/* --- random expressions --------------------------------------------------------------------- */

/** What random expressions look like. Start from gph_expression_random_default(). */
typedef struct gph_expression_random {
    int64_t least;    /**< operators and functions, at least */
    int64_t most;     /**< at most */
    int symbols;      /**< different symbols, 1..26, from x on: x y z a b … */
    int64_t integers; /**< integers are -integers .. integers */
    bool floats;      /**< also floats */
    bool functions;   /**< also functions, not operators alone */
    bool grouped;     /**< some in parentheses, then also with other numbers of operands */
} gph_expression_random_t;

/** 1 to 12 operations, 3 symbols, integers to 9, everything allowed. Local. */
gph_expression_random_t gph_expression_random_default(void);

/** Makes expression `index` of a seed, the same everywhere. Local. O(nodes).
 * @param expression receives it; what it had before is forgotten */
gph_status_t gph_expression_draw(const gph_expression_random_t *options, uint64_t seed,
                                 uint64_t index, gph_expression_t *expression);

#endif
