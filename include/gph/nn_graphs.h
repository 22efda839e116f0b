/**
 * @file nn_graphs.h
 * Training of networks that classify whole graphs: mini-batches of a collection, shared by all
 * ranks, in cross-validation. Weights after training are the same bits on any number of ranks and
 * threads, interrupted or not.
 */
#ifndef GPH_NN_GRAPHS_H
#define GPH_NN_GRAPHS_H

#include "gph/nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How the rows of a graph become one. */
typedef enum gph_readout {
    GPH_READOUT_SUM = 0,
    GPH_READOUT_MEAN = 1,
    GPH_READOUT_MAX = 2
} gph_readout_t;

/** Training. Start from gph_graphs_options_default(). */
typedef struct gph_graphs_options {
    const char *path;   /**< collection with classes, such as a TUDataset folder */
    const char *folds;  /**< folder with test_idx-1.txt, test_idx-2.txt …: the numbers of the
                             graphs of each fold for testing, those in none being for training
                             always; NULL: path/10fold_idx where that is there, else `fold_count`
                             folds drawn by the seed, each with all classes */
    int64_t fold_count; /**< default 10 */
    bool all;           /**< no folds: one run on all graphs, none of them for testing */
    gph_model_options_t model; /**< kind, layers, hidden, norm; dropout is of the readouts */
    gph_readout_t readout;
    gph_optimizer_options_t optimizer; /**< schedule and warm-up count epochs */
    int64_t epochs;                    /**< of each fold; default 100 */
    int64_t batch;                     /**< graphs a step; default 32 */
    const char *model_path; /**< receives the model (HDF5): the weights after the last epoch of the
                                 fold then best in testing; or NULL */
    const char *csv_path;   /**< receives the metrics of all epochs, or NULL */
    const char *hdf5_path;  /**< the same in HDF5, or NULL */
    const char *svg_path;   /**< receives the learning curves, or NULL */
    const gph_checkpoint_options_t *checkpoint; /**< or NULL */
    gph_train_estimate_t *estimate;             /**< as that of gph_train_options_t */
} gph_graphs_options_t;

/** Defaults: 10 folds of 100 epochs, GIN of 4 layers of 32 with norm, batches of 32. Local. */
GPH_API gph_graphs_options_t gph_graphs_options_default(void);

/** What training came to, or has come to so far. */
typedef struct gph_graphs_summary {
    int64_t graphs;
    int64_t nodes;
    int64_t features; /**< node labels */
    int64_t classes;
    int64_t weights; /**< numbers that are learnt */
    int64_t tested;  /**< graphs that are for testing in a fold; 0: the next few mean nothing */
    int64_t folds;   /**< folds done */
    int64_t epochs;  /**< over all folds, with those of earlier parts of the job */
    /* Means over the folds done, in the one epoch in which the mean accuracy in testing is highest
     * (the protocol of Xu et al. 2019), and their standard deviation. */
    int64_t best_epoch; /**< from 1 */
    double accuracy;
    double deviation;
    double loss;
    double last_accuracy;  /**< after the last epoch */
    double train_accuracy; /**< after the last epoch, while training */
    double train_loss;     /**< the same */
    double seconds;        /**< in steps of training, this part of the job, slowest rank */
    int64_t steps;         /**< made in that time */
    int64_t examples;      /**< graphs trained on in that time */
    int64_t bytes_sent;    /**< between ranks: gradients, this part of the job */
    char digest[40];       /**< of the weights of all folds */
} gph_graphs_summary_t;

/**
 * Trains a model to classify graphs, once for each fold. A step takes a mini-batch, cut into tiles
 * of whole graphs that ranks share; gradients are summed by tile and combined by one MPI_Allreduce.
 * Features are the node labels; the readouts of all layers together are classified (Xu et al.,
 * "How powerful are graph neural networks?", ICLR 2019). Collective.
 * @param summary receives what it came to; set also where it returns GPH_ERR_STOPPED
 * @return GPH_ERR_STOPPED when asked to stop or out of time; GPH_ERR_USAGE when the loss or the
 * weights cease to be finite, or options make no sense; GPH_ERR_INPUT with file and line for bad
 * data; GPH_ERR_MEMORY
 * Cost: the collection on every rank; an epoch O((nodes × hidden + edges) × hidden × layers / P).
 */
GPH_API gph_status_t gph_train_graphs(gph_context_t *context, const gph_graphs_options_t *options,
                                      gph_graphs_summary_t *summary);

#ifdef __cplusplus
}
#endif

#endif
