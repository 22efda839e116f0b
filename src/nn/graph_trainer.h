/** Inside of the training of networks that classify graphs. */
#ifndef GPH_NN_GRAPH_TRAINER_H
#define GPH_NN_GRAPH_TRAINER_H

#include "ckpt/job.h"
#include "gph/nn_graphs.h"
#include "nn/graph_network.h"
#include "nn/optimizer.h"

/** One epoch of one fold. All numbers are doubles: rows are words of a snapshot. */
typedef struct gph_fold_metrics {
    double fold;           /**< from 1 */
    double epoch;          /**< from 1 */
    double rate;           /**< learning rate of the last step */
    double train_loss;     /**< mean over the graphs, while training */
    double train_accuracy; /**< the same */
    double test_loss;
    double test_accuracy;
} gph_fold_metrics_t;

enum { GPH_FOLD_METRICS_WORDS = 7 };

typedef struct gph_graph_trainer {
    gph_context_t *context;
    const gph_graphs_options_t *options;
    gph_graph_data_t data;
    gph_graph_network_t network;
    gph_optimizer_t optimizer;
    gph_graph_batch_t batch;
    gph_tensor_t gradient; /**< of scores */
    gph_drawn_t *drawn;    /**< [graphs] those for training, in the order of the epoch */
    int64_t *list;         /**< [graphs] work space */
    gph_job_t *job;
    char *identity;
    /* State: everything that a checkpoint holds, the same on all ranks. */
    int64_t fold;        /**< folds done */
    int64_t epoch;       /**< epochs done of the fold under way */
    gph_array_t metrics; /**< gph_fold_metrics_t, of all epochs */
    gph_array_t digests; /**< gph_digest_t, of the weights of each fold done */
    /* Speed of this part of the job. */
    double seconds;
    int64_t steps;
    int64_t examples;
} gph_graph_trainer_t;

/** Everything that decides the result, as lines. Local. */
gph_status_t gph_graph_trainer_identity(gph_graph_trainer_t *trainer);
/** gph_job_ops_t.save of a trainer. Collective. */
gph_status_t gph_graph_trainer_save(void *trainer, gph_snapshot_t *snapshot);
/** Takes the state of a snapshot up. Collective. */
gph_status_t gph_graph_trainer_restore(gph_graph_trainer_t *trainer,
                                       const gph_snapshot_t *snapshot);

#endif
