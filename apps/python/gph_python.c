/* What gph.py calls: the public API without structs and communicators in its signatures, which
 * ctypes cannot know. Every function is for one process. Handles are the library's own. */
#include <gph/gph.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prototypes stand here, not in a header: only gph.py calls them, by name. */
GPH_API int gph_python_open(int threads, uint64_t seed, int64_t max_memory, void **context);
GPH_API void gph_python_close(void *context);
GPH_API const char *gph_python_error(const void *context);
GPH_API void gph_python_clear(void *context);
GPH_API const char *gph_python_version(void);
GPH_API int gph_python_load(void *context, const char *path, void **graph);
GPH_API int gph_python_edges(void *context, int64_t count, const int64_t *u, const int64_t *v,
                             void **graph);
GPH_API int gph_python_info(const void *graph, int64_t info[4]);
GPH_API void gph_python_ids(const void *graph, int64_t *id);
GPH_API void gph_python_graph_free(void *graph);
GPH_API int gph_python_cliques(const void *graph, int k, int keep_list, int per_vertex,
                               int communities, void **result);
GPH_API void gph_python_cliques_count(const void *result, uint64_t half[2]);
GPH_API const char *gph_python_cliques_digest(const void *result);
GPH_API int64_t gph_python_cliques_rows(const void *result, const int64_t **members);
GPH_API int64_t gph_python_cliques_vertices(const void *result, const void **counts);
GPH_API int64_t gph_python_cliques_communities(const void *result, const int64_t **community,
                                               const int64_t **member);
GPH_API void gph_python_cliques_free(void *result);
GPH_API int gph_python_collection(void *context, const char *path, int directed, void **collection);
GPH_API int64_t gph_python_collection_count(const void *collection);
GPH_API void gph_python_collection_free(void *collection);
GPH_API int gph_python_ged(const void *collection, int64_t count, const int64_t *pair,
                           const char *method, double threshold, double *lower, double *upper,
                           uint8_t *exact, char digest[GPH_GED_DIGEST_CHARS]);

GPH_API int gph_python_predict(void *context, const char *model, const char *data,
                               void **prediction);
GPH_API int gph_python_predict_collection(const void *collection, const char *model,
                                          void **prediction);
GPH_API double gph_python_prediction_info(const void *prediction, int64_t info[3], char digest[40]);
GPH_API int64_t gph_python_prediction_rows(const void *prediction, const void **id,
                                           const void **class, const void **probability,
                                           const void **score);
GPH_API const char *gph_python_prediction_class(const void *prediction, int32_t number);
GPH_API void gph_python_prediction_free(void *prediction);

/* --- context -------------------------------------------------------------------------------- */

int gph_python_open(int threads, uint64_t seed, int64_t max_memory, void **context)
{
    gph_context_options_t options = gph_context_options_default();
    gph_context_t *made = NULL;
    int initialised = 0;
    options.threads = threads;
    options.seed = seed;
    options.max_memory = max_memory;
    MPI_Initialized(&initialised);
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0); /* as in gph itself */
    const gph_status_t status =
        gph_context_create(initialised ? MPI_COMM_SELF : MPI_COMM_WORLD, &options, &made);
    if (status == GPH_OK)
        *context = made;
    return (int)status;
}

void gph_python_close(void *context)
{
    gph_context_t *handle = context;
    gph_context_destroy(&handle);
}

const char *gph_python_error(const void *context)
{
    return gph_context_error(context);
}

void gph_python_clear(void *context)
{
    gph_context_clear_error(context);
}

const char *gph_python_version(void)
{
    return gph_version();
}

/* --- graphs --------------------------------------------------------------------------------- */

int gph_python_load(void *context, const char *path, void **graph)
{
    gph_graph_t *made = NULL;
    const gph_status_t status = gph_graph_load(context, path, GPH_FORMAT_AUTO, &made);
    if (status == GPH_OK)
        *graph = made;
    return (int)status;
}

int gph_python_edges(void *context, int64_t count, const int64_t *u, const int64_t *v, void **graph)
{
    gph_graph_t *made = NULL;
    const gph_status_t status = gph_graph_from_edges(context, count, u, v, &made);
    if (status == GPH_OK)
        *graph = made;
    return (int)status;
}

/* vertices, edges, loops dropped, repeats dropped */
int gph_python_info(const void *graph, int64_t info[4])
{
    gph_graph_info_t about = {0};
    const gph_status_t status = gph_graph_info(graph, &about);
    const int64_t found[4] = {about.vertices, about.edges, about.dropped_loops,
                              about.dropped_repeats};
    if (status == GPH_OK)
        memcpy(info, found, sizeof found);
    return (int)status;
}

void gph_python_ids(const void *graph, int64_t *id)
{
    gph_graph_ids(graph, id);
}

void gph_python_graph_free(void *graph)
{
    gph_graph_t *handle = graph;
    gph_graph_destroy(&handle);
}

/* --- cliques -------------------------------------------------------------------------------- */

int gph_python_cliques(const void *graph, int k, int keep_list, int per_vertex, int communities,
                       void **result)
{
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *made = NULL;
    options.k = k;
    options.keep_list = keep_list != 0;
    options.per_vertex = per_vertex != 0;
    options.communities = communities != 0;
    const gph_status_t status = gph_clique_find(graph, &options, &made);
    if (status == GPH_OK)
        *result = made;
    return (int)status;
}

/* Low half first. */
void gph_python_cliques_count(const void *result, uint64_t half[2])
{
    const gph_count_t count = gph_clique_count(result);
    half[0] = (uint64_t)count;
    half[1] = (uint64_t)(count >> 64);
}

const char *gph_python_cliques_digest(const void *result)
{
    return gph_clique_digest(result);
}

int64_t gph_python_cliques_rows(const void *result, const int64_t **members)
{
    int64_t first = 0;
    int64_t rows = 0;
    gph_clique_rows(result, &first, &rows, members);
    return rows;
}

/* Counts of 128 bits, as pairs of 64: low half first on every machine that gph runs on. */
int64_t gph_python_cliques_vertices(const void *result, const void **counts)
{
    gph_gid_t first = 0;
    int64_t count = 0;
    const gph_count_t *view = NULL;
    gph_clique_vertex_counts(result, &first, &count, &view);
    *counts = view;
    return count;
}

int64_t gph_python_cliques_communities(const void *result, const int64_t **community,
                                       const int64_t **member)
{
    gph_clique_communities_t found;
    gph_clique_communities(result, &found);
    *community = found.community;
    *member = found.member;
    return found.held;
}

void gph_python_cliques_free(void *result)
{
    gph_clique_result_t *handle = result;
    gph_clique_result_destroy(&handle);
}

/* --- edit distances ------------------------------------------------------------------------- */

int gph_python_collection(void *context, const char *path, int directed, void **collection)
{
    const gph_collection_form_t form = {.directed = directed != 0};
    gph_collection_t *made = NULL;
    const gph_status_t status = gph_collection_load(context, path, &form, &made);
    if (status == GPH_OK)
        *collection = made;
    return (int)status;
}

int64_t gph_python_collection_count(const void *collection)
{
    return gph_collection_count(collection);
}

void gph_python_collection_free(void *collection)
{
    gph_collection_t *handle = collection;
    gph_collection_destroy(&handle);
}

int gph_python_ged(const void *collection, int64_t count, const int64_t *pair, const char *method,
                   double threshold, double *lower, double *upper, uint8_t *exact,
                   char digest[GPH_GED_DIGEST_CHARS])
{
    gph_ged_batch_options_t options = gph_ged_batch_options_default();
    gph_ged_pairs_t *pairs = NULL;
    gph_ged_batch_t *batch = NULL;
    const gph_ged_row_t *row = NULL;
    int64_t first = 0;
    int64_t rows = 0;
    options.pair.threshold = threshold;
    if (!gph_ged_method_parse(method, &options.pair.method))
        return GPH_ERR_USAGE;
    gph_status_t status = gph_ged_pairs_list(collection, count, pair, &pairs);
    if (status == GPH_OK)
        status = gph_ged_batch(collection, pairs, &options, &batch);
    if (status == GPH_OK) {
        gph_ged_batch_rows(batch, &first, &rows, &row);
        for (int64_t i = 0; i < rows; i++) {
            lower[i] = row[i].lower;
            upper[i] = row[i].upper;
            exact[i] = (row[i].flags & GPH_GED_ROW_EXACT) != 0;
        }
        snprintf(digest, GPH_GED_DIGEST_CHARS, "%s", gph_ged_batch_digest(batch));
    }
    gph_ged_batch_destroy(&batch);
    gph_ged_pairs_destroy(&pairs);
    return (int)status;
}

/* --- predictions ---------------------------------------------------------------------------- */

int gph_python_predict(void *context, const char *model, const char *data, void **prediction)
{
    gph_prediction_t *made = NULL;
    const gph_status_t status = gph_predict(context, model, data, &made);
    if (status == GPH_OK)
        *prediction = made;
    return (int)status;
}

int gph_python_predict_collection(const void *collection, const char *model, void **prediction)
{
    gph_prediction_t *made = NULL;
    const gph_status_t status = gph_predict_collection(model, collection, &made);
    if (status == GPH_OK)
        *prediction = made;
    return (int)status;
}

/* Classes, those that have one in the data, and whether graphs were classified; returns the
 * accuracy. */
double gph_python_prediction_info(const void *prediction, int64_t info[3], char digest[40])
{
    const gph_predict_summary_t summary = gph_prediction_summary(prediction);
    info[0] = summary.classes;
    info[1] = summary.labelled;
    info[2] = summary.graphs;
    snprintf(digest, 40, "%s", summary.digest);
    return summary.accuracy;
}

int64_t gph_python_prediction_rows(const void *prediction, const void **id, const void **class,
                                   const void **probability, const void **score)
{
    const int64_t *ids = NULL;
    const int32_t *classes = NULL;
    const double *probabilities = NULL;
    const float *scores = NULL;
    int64_t rows = 0;
    gph_prediction_rows(prediction, &rows, &ids, &classes, &probabilities, &scores);
    *id = ids;
    *class = classes;
    *probability = probabilities;
    *score = scores;
    return rows;
}

const char *gph_python_prediction_class(const void *prediction, int32_t number)
{
    return gph_prediction_class_name(prediction, number);
}

void gph_python_prediction_free(void *prediction)
{
    gph_prediction_t *handle = prediction;
    gph_prediction_destroy(&handle);
}
