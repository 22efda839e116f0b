/**
 * @file nn_expressions.h
 * Training of networks that map the graph of an expression to the graph of its transformed form,
 * under a differentiable edit distance. Expressions are drawn on the spot. Weights after training
 * are the same bits on any number of ranks and threads, interrupted or not.
 */
#ifndef GPH_NN_EXPRESSIONS_H
#define GPH_NN_EXPRESSIONS_H

#include "gph/nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The structural loss: what edits cost, and how soft the assignment of nodes is. Start from
 * gph_structural_options_default(). */
typedef struct gph_structural_options {
    double alpha;   /**< a node inserted, deleted or of another label; default 1 */
    double beta;    /**< an edge inserted or deleted; default 1 */
    double gamma;   /**< a triangle more or less; default 1 */
    double epsilon; /**< a probability p costs log(p + epsilon (1 - p)) / log(epsilon), from 1 for
                         none to 0 for certain; 1: 1 - p, so that the loss is the expected
                         number of edits; default 0.001 */
    double temperature; /**< of the assignment, in units of cost; default 0.2 */
    int rounds;         /**< of graduated assignment, 1 to 64; default 3 */
    int iterations;     /**< of Sinkhorn in each round, 1 to 10000; default 10 */
} gph_structural_options_t;

/** Defaults. Local. */
GPH_API gph_structural_options_t gph_structural_options_default(void);

/** What becomes of an expression. */
typedef enum gph_rewrite {
    GPH_REWRITE_SORT = 0, /**< operands of + * min max hypot in one order: numbers, symbols,
                               operators, functions, then by text, then by size (of equal ones by a
                               hash, which can't be learnt) */
    GPH_REWRITE_FOLD = 1  /**< whatever has no symbol in it becomes its value */
} gph_rewrite_t;

/** Training. Start from gph_expressions_options_default(). */
typedef struct gph_expressions_options {
    gph_rewrite_t rule;
    int64_t least;    /**< operators and functions of an expression, at least; default 1 */
    int64_t most;     /**< at most, up to 100; default 6 */
    int symbols;      /**< different symbols, 1 to 26; default 3 */
    int64_t integers; /**< numbers are -integers .. integers, up to 100; default 4. Labels
                           of folded ones reach their sums and products; what has values beyond is
                           drawn anew */
    bool functions;   /**< also functions, not operators alone; default false */
    int64_t graphs;   /**< for training in an epoch, none drawn twice; default 2000 */
    int64_t held_out; /**< for testing, none of which is trained on; default 1000 */
    int64_t tiles;    /**< parts of a batch whose gradients are added exactly; 0: 8. Another number
                           gives other bits; at most so many threads of all ranks have work */
    gph_model_options_t model; /**< layers, hidden, dropout, norm, bias; its kind does not matter */
    gph_structural_options_t loss;
    gph_optimizer_options_t optimizer; /**< schedule and warm-up count epochs */
    int64_t epochs;                    /**< default 50 */
    int64_t every;                     /**< epochs between tests; default 1 */
    int64_t batch;                     /**< graphs a step; default 32 */
    int64_t seeds;         /**< runs, with weights by the context's seed and those after it */
    const char *csv_path;  /**< receives the metrics of all tests, or NULL */
    const char *hdf5_path; /**< the same in HDF5, or NULL */
    const char *svg_path;  /**< receives the learning curves, or NULL */
    const gph_checkpoint_options_t *checkpoint; /**< or NULL */
    gph_train_estimate_t *estimate;             /**< as that of gph_train_options_t */
} gph_expressions_options_t;

/** Defaults: sorting, 4 layers of 64 with norm, batches of 32. Local. */
GPH_API gph_expressions_options_t gph_expressions_options_default(void);

/** What training came to, or has come to so far; losses and shares are of graphs held out. */
typedef struct gph_expressions_summary {
    int64_t graphs;   /**< for training in an epoch */
    int64_t held_out; /**< for testing */
    int64_t labels;   /**< of nodes */
    int64_t weights;  /**< numbers that are learnt */
    int64_t seeds;    /**< runs done */
    int64_t epochs;   /**< over all runs, with those of earlier parts of the job */
    /* Means over the runs done. */
    double first_loss; /**< structural loss of a graph before training */
    double loss;       /**< after it */
    double accuracy;   /**< share of graphs predicted exactly */
    double deviation;  /**< standard deviation of a run */
    double changed;    /**< share of graphs that the rule changes */
    double train_loss; /**< of the last epoch, while training */
    double train_accuracy;
    double seconds;     /**< in steps of training, this part of the job, slowest rank */
    int64_t steps;      /**< made in that time */
    int64_t examples;   /**< graphs trained on in that time */
    int64_t bytes_sent; /**< between ranks: gradients, this part of the job */
    char digest[40];    /**< of the weights of all runs */
} gph_expressions_summary_t;

/**
 * Trains a network that predicts, for every node of an expression's graph, the label of a node of
 * the transformed graph or that it is none, and which node has it as which operand. Layers see
 * operands and the node that has a node as an operand by their places (relational graph
 * convolutions, Schlichtkrull et al. 2018). A step takes a mini-batch of graphs, cut into tiles
 * that ranks share; gradients are summed by tile and combined by one MPI_Allreduce. Collective.
 * @param summary receives what it came to; set also where it returns GPH_ERR_STOPPED
 * @return GPH_ERR_STOPPED when asked to stop or out of time; GPH_ERR_USAGE when the loss or the
 * weights cease to be finite, or options make no sense; GPH_ERR_MEMORY
 * Cost of a graph of n nodes: O(layers × n × hidden²), and that of the loss, rounds × iterations ×
 * n² exponentials.
 */
GPH_API gph_status_t gph_train_expressions(gph_context_t *context,
                                           const gph_expressions_options_t *options,
                                           gph_expressions_summary_t *summary);

#ifdef __cplusplus
}
#endif

#endif
