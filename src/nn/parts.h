/**
 * Parts of a batch for the threads of a rank: each thread takes some tiles through the whole
 * network, forward and backward, so that threads meet twice a step instead of in every layer. Each
 * has a network of its own, whose weights are those of the first one and whose sums of the gradient
 * are exact, so that they add to the same bytes. A batch that is too small is one part, whose
 * layers share out their rows.
 */
#ifndef GPH_NN_PARTS_H
#define GPH_NN_PARTS_H

#include "nn/params.h"
#include "par/team.h"

typedef struct gph_parts {
    gph_context_t *context;
    gph_context_t rank;    /**< of all threads, on which nothing is agreed with other ranks */
    gph_context_t *thread; /**< [threads] of each thread alone */
    gph_params_t **params; /**< [threads] weights of the network of each */
    int networks;          /**< that have been added */
    int count;             /**< parts of the batch, 1..threads */
    double forward;        /**< work on the batch on this rank, estimated nanoseconds */
    double backward;       /**< the same */
} gph_parts_t;

/** Room for the networks of all threads. Local. Free it also after a failure. */
gph_status_t gph_parts_init(gph_context_t *context, gph_parts_t *parts);
/** Frees the memory, before or behind the networks. Local. */
void gph_parts_free(gph_parts_t *parts);
/** Adds the network of the next thread; all but the first take the values of that one. Local. */
void gph_parts_add(gph_parts_t *parts, gph_params_t *params);

/** Sets work and count: at most `most` parts, and no more than that work is worth. Local. */
void gph_parts_plan(gph_parts_t *parts, int64_t most, double forward, double backward);

/** The context with which a part is worked on. Local. */
gph_context_t *gph_parts_context(gph_parts_t *parts, int part);

/**
 * Runs a task for each part, on the calling thread alone where `work` (of all parts together) is
 * not worth more. Local.
 */
gph_status_t gph_parts_run(const gph_parts_t *parts, double work, gph_task_fn *task, void *data);

/** Empties the sums of the gradient of a part; those of the first one are the caller's. Local. */
void gph_parts_begin(const gph_parts_t *parts, int64_t part);
/**
 * Runs the backward pass of each part, which calls gph_parts_begin(), and adds the sums of all to
 * those of the first one. Collective.
 */
gph_status_t gph_parts_backward(const gph_parts_t *parts, gph_task_fn *task, void *data);

#endif
