/*
 * What a partition costs: one pass over the arcs finds for each vertex the other parts that want
 * its value. Vertices are visited part by part, so that one mark for each part tells what was seen;
 * pairs of parts that talk are merged between ranks in batches of bounded size.
 */
#include "dist/partition.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/sort.h"
#include "par/comm.h"

/* Pairs of parts, at most, that are merged at a time on each rank. */
enum { BATCH_PAIRS = 1 << 21 };

typedef struct surveyor {
    const gph_partition_t *partition;
    int32_t *part;         /* [owned + ghosts] */
    gph_pair_t *order;     /* [owned] part and vertex, sorted */
    gph_part_load_t *load; /* [parts] of this rank's vertices; `ghosts` of any */
    int64_t *seen_vertex;  /* [parts] 1 + vertex that last met this part */
    int64_t *seen_part;    /* [parts] 1 + part that last met this part */
    gph_array_t pairs;     /* part × parts + other part, of the batch */
    int64_t at;            /* place in `order` */
} surveyor_t;

static void surveyor_free(surveyor_t *s)
{
    gph_free(s->part);
    gph_free(s->order);
    gph_free(s->load);
    gph_free(s->seen_vertex);
    gph_free(s->seen_part);
    gph_array_free(&s->pairs);
}

static gph_status_t surveyor_init(surveyor_t *s)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = s->partition->graph;
    gph_env_t *env = graph->context->env;
    const int64_t parts = s->partition->parts;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;

    s->pairs = gph_array_init(env, sizeof(int64_t));
    GPH_TRY(gph_alloc(env, all, sizeof *s->part, &s->part));
    GPH_TRY(gph_alloc(env, graph->owned, sizeof *s->order, &s->order));
    GPH_TRY(gph_calloc(env, parts, sizeof *s->load, &s->load));
    GPH_TRY(gph_calloc(env, parts, sizeof *s->seen_vertex, &s->seen_vertex));
    GPH_TRY(gph_calloc(env, parts, sizeof *s->seen_part, &s->seen_part));
    for (gph_lid_t v = 0; v < all; ++v)
        s->part[v] = gph_partition_part(s->partition, v);
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        s->order[v] = (gph_pair_t){s->part[v], v};
        s->load[s->part[v]].vertices += 1;
        s->load[s->part[v]].arcs += gph_partition_work(graph, v) - 1;
    }
    GPH_TRY(gph_sort_pairs(env, graph->owned, s->order, NULL));

cleanup:
    return status;
}

/* Sums of all ranks. */
static gph_status_t reduce_loads(const surveyor_t *s, gph_part_load_t *load)
{
    _Static_assert(sizeof *load % sizeof(int64_t) == 0, "a row of 64-bit numbers");
    return gph_comm_reduce_i64(s->partition->graph->context, GPH_SUM,
                               s->partition->parts * (int64_t)(sizeof *load / sizeof(int64_t)),
                               &load->vertices);
}

/* Meets the neighbours of one vertex. */
static gph_status_t visit(surveyor_t *s, int64_t part, gph_lid_t v)
{
    const gph_graph_t *graph = s->partition->graph;
    gph_part_load_t *own = &s->load[part];
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
        const int32_t other = s->part[graph->adjacent[i]];
        if (other == part)
            continue;
        own->cut += 1;
        if (s->seen_vertex[other] == 1 + (int64_t)v)
            continue;
        s->seen_vertex[other] = 1 + (int64_t)v;
        own->sent += 1;
        s->load[other].ghosts += 1;
        if (s->seen_part[other] == 1 + part)
            continue;
        s->seen_part[other] = 1 + part;
        const int64_t pair = part * s->partition->parts + other;
        const gph_status_t status = gph_array_push(&s->pairs, &pair);
        if (status != GPH_OK)
            return status;
    }
    return GPH_OK;
}

/* Local. Meets the neighbours of all vertices of parts below `end`. */
static gph_status_t visit_parts(surveyor_t *s, int64_t end)
{
    const int64_t owned = s->partition->graph->owned;
    s->pairs.count = 0;
    for (; s->at < owned && s->order[s->at].a < end; ++s->at) {
        const gph_status_t status = visit(s, s->order[s->at].a, (gph_lid_t)s->order[s->at].b);
        if (status != GPH_OK)
            return status;
    }
    return GPH_OK;
}

/* Local. Counts the distinct pairs of each part. */
static gph_status_t count_partners(surveyor_t *s, int64_t count, int64_t *pair)
{
    const gph_status_t status = gph_sort_i64(s->partition->graph->context->env, count, pair);
    for (int64_t i = 0; status == GPH_OK && i < count; ++i)
        if (i == 0 || pair[i] != pair[i - 1])
            s->load[pair[i] / s->partition->parts].partners += 1;
    return status;
}

/* Sends the pairs of parts [begin, end) to one rank each, which counts them. */
static gph_status_t merge_pairs(surveyor_t *s, int64_t begin, int64_t end, int64_t *counts)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = s->partition->graph->context;
    const int64_t *pair = s->pairs.data;
    int64_t *got = NULL;
    int64_t arrived = 0;

    for (int r = 0; r < 2 * context->ranks; ++r)
        counts[r] = 0;
    /* Pairs ascend by part, so those of a rank are one stretch. */
    for (int64_t i = 0; i < s->pairs.count; ++i)
        counts[gph_block_owner(end - begin, context->ranks,
                               pair[i] / s->partition->parts - begin)] += 1;
    GPH_TRY(gph_comm_exchange(context, sizeof *pair, pair, counts, &got, counts + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += counts[context->ranks + r];
    GPH_TRY_ALL(context, count_partners(s, arrived, got));

cleanup:
    gph_free(got);
    return status;
}

/* End of the batch of parts that begins at `begin`; at least one part. `arcs` [parts] of all ranks.
 */
static int64_t batch_end(int64_t begin, int64_t parts, const gph_part_load_t *total)
{
    int64_t pairs = 0;
    int64_t end = begin;
    while (end < parts) {
        pairs += total[end].arcs < parts ? total[end].arcs : parts;
        if (end > begin && pairs > BATCH_PAIRS)
            break;
        ++end;
    }
    return end;
}

/* Counts partners batch by batch, and the rest on the way. */
static gph_status_t survey(surveyor_t *s, gph_part_load_t *total, int64_t *counts)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = s->partition->graph->context;
    const int64_t parts = s->partition->parts;

    for (int64_t p = 0; p < parts; ++p)
        total[p] = s->load[p];
    GPH_TRY(reduce_loads(s, total));
    for (int64_t begin = 0; begin < parts;) {
        const int64_t end = batch_end(begin, parts, total);
        GPH_TRY_ALL(context, visit_parts(s, end));
        GPH_TRY(merge_pairs(s, begin, end, counts));
        begin = end;
    }
    GPH_TRY(reduce_loads(s, s->load));

cleanup:
    return status;
}

gph_status_t gph_partition_loads(gph_partition_t *partition, const gph_part_load_t **loads)
{
    gph_status_t status = GPH_OK;
    surveyor_t s = {.partition = partition};
    gph_part_load_t *total = NULL;
    int64_t *counts = NULL;

    if (partition == NULL || loads == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = partition->graph->context;
    if (partition->load != NULL) {
        *loads = partition->load;
        return GPH_OK;
    }
    gph_phase_begin(context, "survey");
    GPH_TRY_ALL(context, surveyor_init(&s));
    GPH_TRY_ALL(context, gph_alloc(context->env, partition->parts, sizeof *total, &total));
    GPH_TRY_ALL(context,
                gph_alloc(context->env, 2 * (int64_t)context->ranks, sizeof *counts, &counts));
    GPH_TRY(survey(&s, total, counts));
    *loads = partition->load = s.load;
    s.load = NULL;

cleanup:
    gph_phase_end(context);
    surveyor_free(&s);
    gph_free(total);
    gph_free(counts);
    return status;
}

/* The largest of a field over its average; 1 where all are zero. */
static double balance(int64_t parts, int64_t largest, int64_t sum)
{
    return sum > 0 ? (double)largest * (double)parts / (double)sum : 1.0;
}

gph_partition_quality_t gph_partition_quality(int64_t parts, const gph_part_load_t *loads)
{
    gph_partition_quality_t quality = {.parts = parts};
    gph_part_load_t sum = {0};
    gph_part_load_t most = {0};
    for (int64_t p = 0; p < parts; ++p) {
        const gph_part_load_t *load = &loads[p];
        sum.vertices += load->vertices;
        sum.arcs += load->arcs;
        sum.ghosts += load->ghosts;
        sum.cut += load->cut;
        sum.partners += load->partners;
        most.vertices = load->vertices > most.vertices ? load->vertices : most.vertices;
        most.arcs = load->arcs > most.arcs ? load->arcs : most.arcs;
        most.ghosts = load->ghosts > most.ghosts ? load->ghosts : most.ghosts;
        most.partners = load->partners > most.partners ? load->partners : most.partners;
        quality.empty += load->vertices == 0;
    }
    quality.cut = sum.cut / 2;
    quality.halo = sum.ghosts;
    quality.messages = sum.partners;
    quality.max_ghosts = most.ghosts;
    quality.max_partners = most.partners;
    quality.vertex_balance = balance(parts, most.vertices, sum.vertices);
    quality.edge_balance = balance(parts, most.arcs, sum.arcs);
    quality.ghost_balance = balance(parts, most.ghosts, sum.ghosts);
    return quality;
}

gph_status_t gph_partition_digest(const gph_partition_t *partition,
                                  char digest[GPH_PARTITION_DIGEST_CHARS])
{
    _Static_assert(GPH_PARTITION_DIGEST_CHARS == GPH_DIGEST_CHARS, "a digest has one length");
    gph_digest_t sum = {0, 0};
    if (partition == NULL || digest == NULL)
        return GPH_ERR_USAGE;
    const gph_graph_t *graph = partition->graph;
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        const int32_t part = gph_partition_part(partition, v);
        gph_digest_add(&sum, gph_digest_item((uint64_t)(graph->first + v), &part, sizeof part));
    }
    const gph_status_t status = gph_comm_sum_digest(graph->context, &sum);
    if (status == GPH_OK)
        gph_digest_format(sum, digest);
    return status;
}
