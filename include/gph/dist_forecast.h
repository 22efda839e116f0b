/**
 * @file dist_forecast.h
 * What a job would take on more ranks than there are: work, messages, memory and time of each, from
 * the graph and a partition of it, without running the job.
 *
 * Counts are exact: a sweep of PageRank (gph/mp.h) sends each value of 8 bytes once to each rank
 * that holds a neighbour, and one message with a head of 8 bytes to each such rank. Time follows
 * from them by a model in the manner of LogGP (Alexandrov et al., SPAA 1995): a rank takes
 * work / rate seconds to compute, and latency × messages + bytes / bandwidth to talk, the larger of
 * what it sends and receives; nothing overlaps, so a run is rather faster. Sums over all ranks take
 * ceil(log2 ranks) steps.
 */
#ifndef GPH_DIST_FORECAST_H
#define GPH_DIST_FORECAST_H

#include "gph/dist_partition.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A machine as the model sees it. Start from gph_machine_default(). */
typedef struct gph_machine {
    double latency;   /**< seconds a message; default 2e-6 */
    double bandwidth; /**< bytes a second of each rank; default 1e10 */
    double rate;      /**< neighbours and vertices a second that a rank computes; default 5e8 */
} gph_machine_t;

/** Defaults: those of a cluster with a fast network, and of two threads a rank. Local. */
GPH_API gph_machine_t gph_machine_default(void);

/**
 * Measures this machine in about a second: the rate by sweeps over the graph, latency and bandwidth
 * by messages between ranks 0 and 1; with one rank these two stay as they are. Collective.
 * @param machine receives what was measured, the same on all ranks
 */
GPH_API gph_status_t gph_machine_measure(const gph_graph_t *graph, gph_machine_t *machine);

/** One rank of a forecast, for one sweep. */
typedef struct gph_forecast_rank {
    int64_t work;     /**< vertices and neighbours computed */
    int64_t messages; /**< sent */
    int64_t sent;     /**< bytes */
    int64_t received; /**< bytes */
    int64_t memory;   /**< bytes of the graph and the job while it runs */
    double compute;   /**< seconds */
    double talk;      /**< seconds */
} gph_forecast_rank_t;

/** All ranks of a forecast, for one sweep. */
typedef struct gph_forecast {
    int64_t ranks;
    int64_t idle;         /**< ranks without a vertex */
    int64_t max_work;     /**< of a rank */
    int64_t messages;     /**< of all ranks */
    int64_t max_messages; /**< of a rank */
    int64_t bytes;        /**< of all messages */
    int64_t max_bytes;    /**< that a rank sends */
    int64_t max_memory;   /**< bytes of a rank */
    int64_t memory;       /**< bytes of all ranks */
    double compute;       /**< seconds of the rank that takes longest for both */
    double talk;          /**< its seconds for messages */
    double reduce;        /**< seconds for sums over all ranks */
    double seconds;       /**< of a sweep: compute + talk + reduce */
    double speedup;       /**< over one rank of the same rate that holds all */
} gph_forecast_t;

/**
 * Forecast of PageRank with a rank for each part. Collective.
 * @return GPH_ERR_USAGE when a number of the machine is not above 0; GPH_ERR_MEMORY
 * Cost: gph_partition_loads().
 */
GPH_API gph_status_t gph_forecast_pagerank(gph_partition_t *partition, const gph_machine_t *machine,
                                           gph_forecast_t *forecast);

/** The forecast of one part. Local, after gph_forecast_pagerank(). 0 <= part < parts. */
GPH_API gph_forecast_rank_t gph_forecast_rank(const gph_partition_t *partition,
                                              const gph_machine_t *machine, int64_t part);

/** Writes a line for each rank to a text file, with a head. Collective, as
 * gph_forecast_pagerank(). @param path created whole or not at all */
GPH_API gph_status_t gph_forecast_save(gph_partition_t *partition, const gph_machine_t *machine,
                                       const char *path);

#ifdef __cplusplus
}
#endif

#endif
