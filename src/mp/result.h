/** Inside of results. */
#ifndef GPH_MP_RESULT_H
#define GPH_MP_RESULT_H

#include "gph/mp.h"
#include "graph/graph.h"

enum { GPH_MP_COLUMNS = 8, GPH_MP_FACTS = 16, GPH_MP_NAME = 32 };

/** One column. Both types of values have 64 bits. */
typedef struct gph_mp_column {
    char name[GPH_MP_NAME];
    gph_mp_type_t type;
    void *value; /**< [owned] */
} gph_mp_column_t;

struct gph_mp_result {
    const gph_graph_t *graph;
    int columns;
    gph_mp_column_t column[GPH_MP_COLUMNS];
    int facts;
    gph_mp_fact_t fact[GPH_MP_FACTS];
};

/** As gph_mp_result_add(), but takes the array over, and leaves *values NULL; only on success. */
gph_status_t gph_mp_result_take(gph_mp_result_t *result, const char *name, gph_mp_type_t type,
                                void *values);

/** Adds a fact. Local; alike on all ranks. */
void gph_mp_result_fact_i64(gph_mp_result_t *result, const char *name, int64_t value);
/** As gph_mp_result_fact_i64(), for a double. */
void gph_mp_result_fact_f64(gph_mp_result_t *result, const char *name, double value);

#endif
