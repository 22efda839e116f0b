/**
 * @file ckpt.h
 * Checkpoints: long operations save what they have done and go on from there after a stop, a time
 * limit or a crash, on any number of ranks and threads, to the same bytes.
 */
#ifndef GPH_CKPT_H
#define GPH_CKPT_H

#include "gph/par.h"

#ifdef __cplusplus
extern "C" {
#endif

/** When and where a long operation saves its state. Start from gph_checkpoint_options_default(). */
typedef struct gph_checkpoint_options {
    const char
        *directory; /**< folder that all ranks share, for one job at a time; made if missing */
    double every;   /**< seconds between checkpoints; default 600 */
    int keep;       /**< checkpoints kept; default 2 */
    bool resume;    /**< go on from the newest good checkpoint, if there is one */
} gph_checkpoint_options_t;

/** Defaults: no folder, 600 s, 2 kept, no resume. Local. */
GPH_API gph_checkpoint_options_t gph_checkpoint_options_default(void);

/** What checkpoints cost so far. */
typedef struct gph_checkpoint_cost {
    int64_t written;      /**< checkpoints written */
    double stall_seconds; /**< that the main thread of this rank waited for them */
    double write_seconds; /**< that its I/O thread took */
} gph_checkpoint_cost_t;

/** Cost of the checkpoints of a context's operations on this rank. Local. */
GPH_API gph_checkpoint_cost_t gph_context_checkpoint_cost(const gph_context_t *context);

#ifdef __cplusplus
}
#endif

#endif
