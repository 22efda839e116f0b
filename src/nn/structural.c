/* The structural loss; see structural.h. */
#include "nn/structural.h"

#include "base/checked.h"
#include "nn/sinkhorn.h"
#include "nn/soft_triangles.h"
#include "par/team.h"

#include <math.h>
#include <string.h>

/* One pair at work. Matrices over predicted × wanted nodes have a further row and column; S of
 * round r is that of at[r]. */
typedef struct work {
    const gph_structural_options_t *options;
    const gph_structural_pair_t *pair;
    int64_t n;          /* nodes predicted */
    int64_t m;          /* nodes wanted */
    int64_t width;      /* m + 1 */
    int64_t cells;      /* (n + 1) × width */
    gph_sinkhorn_t *at; /* [rounds] */
    double *node;       /* [cells] what it costs to lay a node on another one */
    double *pull;       /* [cells] edges that follow where a node goes */
    double *product;    /* [cells] */
    double *g_node;     /* [cells] gradient of `node` */
    double *g_s;        /* [cells] */
    double *g_k;        /* [cells] */
    double *g_u;        /* [n] */
    double *g_v;        /* [m] */
    double *laid;       /* [kinds × n × n] half of what an edge saves that is laid upon another */
    double *g_edge;     /* [kinds × n × n] gradient of `laid`, in the end of edges */
    double *either;     /* [2 × n × n] of triangles */
} work_t;

enum { ROUNDS_MOST = 64, ITERATIONS_MOST = 10000 };

/* Numbers that a pair needs. Sizes are at most those of a matrix that is there. */
static int64_t numbers_of(const gph_structural_options_t *options,
                          const gph_structural_pair_t *pair)
{
    const int64_t n = pair->nodes;
    const int64_t m = pair->wanted_nodes;
    const int64_t cells = (n + 1) * (m + 1);
    const int64_t round = 2 * cells + options->iterations * (n + m) + m;
    return 6 * cells + options->rounds * round + n + m + 2 * (pair->kinds + 1) * n * n;
}

static double *take(double **at, int64_t count)
{
    double *part = *at;
    *at += count;
    return part;
}

static work_t lay_out(const gph_structural_options_t *options, const gph_structural_pair_t *pair,
                      gph_sinkhorn_t *round, double *value)
{
    const int64_t n = pair->nodes;
    const int64_t m = pair->wanted_nodes;
    const int64_t cells = (n + 1) * (m + 1);
    work_t work = {options, pair, n, m, m + 1, cells, .at = round};

    for (int r = 0; r < options->rounds; r++)
        round[r] = (gph_sinkhorn_t){n,
                                    m,
                                    options->iterations,
                                    take(&value, cells),
                                    take(&value, options->iterations * n),
                                    take(&value, (options->iterations + 1) * m),
                                    take(&value, cells)};
    work.node = take(&value, cells);
    work.pull = take(&value, cells);
    work.product = take(&value, cells);
    work.g_node = take(&value, cells);
    work.g_s = take(&value, cells);
    work.g_k = take(&value, cells);
    work.g_u = take(&value, n);
    work.g_v = take(&value, m);
    work.laid = take(&value, pair->kinds * n * n);
    work.g_edge = take(&value, pair->kinds * n * n);
    work.either = take(&value, 2 * n * n);
    return work;
}

/* --- costs ---------------------------------------------------------------------------------- */

/* What it costs that something has only this probability: from 1 for none to 0 for certain. */
static double price(double epsilon, double probability)
{
    return epsilon < 1 ? log(probability + epsilon * (1 - probability)) / log(epsilon)
                       : 1 - probability;
}

static double price_slope(double epsilon, double probability)
{
    return epsilon < 1
               ? (1 - epsilon) / ((probability + epsilon * (1 - probability)) * log(epsilon))
               : -1;
}

/* node[i][j] = alpha · price of i being labelled as j, or for the last j: being none. */
static void make_node_costs(const work_t *work)
{
    const gph_structural_pair_t *pair = work->pair;
    const double alpha = work->options->alpha;
    const double epsilon = work->options->epsilon;
    for (int64_t i = 0; i < work->n; i++) {
        const gph_real_t *label = pair->label + i * (pair->labels + 1);
        double *node = work->node + i * work->width;
        for (int64_t j = 0; j < work->m; j++)
            node[j] = alpha * price(epsilon, (double)label[pair->wanted_label[j]]);
        node[work->m] = alpha * price(epsilon, (double)label[pair->labels]);
    }
    for (int64_t j = 0; j < work->m; j++)
        work->node[work->n * work->width + j] = alpha;
    work->node[work->cells - 1] = 0;
}

/* An edge that is laid upon none costs the price of its absence. Returns the sum of these. */
static double make_edge_costs(const work_t *work)
{
    const gph_structural_pair_t *pair = work->pair;
    const double epsilon = work->options->epsilon;
    double sum = 0;
    for (int64_t e = 0; e < pair->kinds * work->n * work->n; e++) {
        const double there = (double)pair->edge[e];
        const double absence = price(epsilon, 1 - there);
        work->laid[e] = (1 + absence - price(epsilon, there)) / 2;
        sum += absence;
    }
    return sum;
}

/* to[n × m] = a x, or transposed(a) x, of the first n rows of x. */
static void multiply(const work_t *work, const double *a, bool transposed, const double *x,
                     double *to)
{
    const int64_t n = work->n;
    memset(to, 0, (size_t)(n * work->width) * sizeof *to);
    for (int64_t i = 0; i < n; i++)
        for (int64_t h = 0; h < n; h++) {
            const double factor = transposed ? a[h * n + i] : a[i * n + h];
            for (int64_t j = 0; factor != 0 && j < work->m; j++)
                to[i * work->width + j] += factor * x[h * work->width + j];
        }
}

/* pull = Σ over kinds of A x B' + A' x B, A being `laid` and B wanted edges. */
static void make_pull(const work_t *work, const double *x)
{
    const gph_structural_pair_t *pair = work->pair;
    const int64_t n = work->n;
    memset(work->pull, 0, (size_t)work->cells * sizeof *work->pull);
    for (int64_t k = 0; k < 2 * pair->kinds; k++) {
        const bool down = k % 2 == 0;
        multiply(work, work->laid + k / 2 * n * n, !down, x, work->product);
        for (int64_t e = 0; e < pair->wanted_edges; e++) {
            const gph_wanted_edge_t edge = pair->wanted_edge[e];
            const int64_t near = down ? edge.from : edge.to;
            const int64_t far = down ? edge.to : edge.from;
            for (int64_t i = 0; edge.kind == k / 2 && i < n; i++)
                work->pull[i * work->width + near] += work->product[i * work->width + far];
        }
    }
}

/* --- forward -------------------------------------------------------------------------------- */

static double inner(int64_t count, const double *a, const double *b)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The assignments of all rounds; afterwards `pull` is that of the last one. */
static void assign(const work_t *work)
{
    const gph_structural_options_t *options = work->options;
    for (int r = 0; r < options->rounds; r++) {
        const gph_sinkhorn_t *at = &work->at[r];
        for (int64_t c = 0; c < work->cells; c++) {
            const double follow = r > 0 ? 2 * options->beta * work->pull[c] : 0;
            at->k[c] = (follow - work->node[c]) / options->temperature;
        }
        if (r == 0)
            memset(at->v, 0, (size_t)work->m * sizeof *at->v);
        else
            memcpy(at->v, at[-1].v + options->iterations * work->m,
                   (size_t)work->m * sizeof *at->v);
        gph_sinkhorn_forward(at);
        make_pull(work, at->s);
    }
}

static double cost_of(const work_t *work, double absent)
{
    const gph_structural_options_t *options = work->options;
    const gph_structural_pair_t *pair = work->pair;
    const double *s = work->at[options->rounds - 1].s;
    const double edges = absent + (double)pair->wanted_edges - inner(work->cells, s, work->pull);
    double cost = inner(work->cells, s, work->node) + options->beta * edges;
    if (options->gamma > 0) {
        const double more =
            gph_soft_triangles_expected(work->n, pair->kinds, pair->edge, work->either) -
            (double)gph_soft_triangles_count(work->m, pair->wanted_edges, pair->wanted_edge);
        cost += options->gamma * fabs(more);
    }
    return cost;
}

/* --- backward ------------------------------------------------------------------------------- */

/* Gradient of `laid` of each kind += factor · x B y'. */
static void push(const work_t *work, double factor, const double *x, const double *y)
{
    const gph_structural_pair_t *pair = work->pair;
    const int64_t n = work->n;
    for (int64_t e = 0; e < pair->wanted_edges; e++) {
        const gph_wanted_edge_t edge = pair->wanted_edge[e];
        double *g = work->g_edge + edge.kind * n * n;
        for (int64_t i = 0; i < n; i++) {
            const double share = factor * x[i * work->width + edge.from];
            for (int64_t h = 0; h < n; h++)
                g[i * n + h] += share * y[h * work->width + edge.to];
        }
    }
}

/* From the cost to the last assignment. */
static void begin_back(const work_t *work)
{
    const gph_structural_options_t *options = work->options;
    const gph_structural_pair_t *pair = work->pair;
    const double *s = work->at[options->rounds - 1].s;
    for (int64_t c = 0; c < work->cells; c++) {
        work->g_s[c] = work->node[c] - 2 * options->beta * work->pull[c];
        work->g_node[c] = s[c];
    }
    memset(work->g_edge, 0, (size_t)(pair->kinds * work->n * work->n) * sizeof *work->g_edge);
    push(work, -2 * options->beta, s, s);
    memset(work->g_v, 0, (size_t)work->m * sizeof *work->g_v);
}

/* Through the rounds, from the last one. */
static void back_rounds(const work_t *work)
{
    const gph_structural_options_t *options = work->options;
    const double beta = options->beta;
    for (int r = options->rounds - 1; r >= 0; r--) {
        gph_sinkhorn_backward(&work->at[r], work->g_s, work->g_k, work->g_u, work->g_v);
        for (int64_t c = 0; c < work->cells; c++) {
            work->g_k[c] /= -options->temperature; /* gradient of what the round took as costs */
            work->g_node[c] += work->g_k[c];
        }
        if (r == 0)
            break;
        make_pull(work, work->g_k);
        for (int64_t c = 0; c < work->cells; c++)
            work->g_s[c] = -2 * beta * work->pull[c];
        push(work, -2 * beta, work->g_k, work->at[r - 1].s);
        push(work, -2 * beta, work->at[r - 1].s, work->g_k);
    }
}

/* From `laid` to edges, and what does not go through it. */
static void back_edges(const work_t *work)
{
    const gph_structural_options_t *options = work->options;
    const gph_structural_pair_t *pair = work->pair;
    for (int64_t e = 0; e < pair->kinds * work->n * work->n; e++) {
        const double there = (double)pair->edge[e];
        const double absence = -price_slope(options->epsilon, 1 - there);
        const double presence = price_slope(options->epsilon, there);
        work->g_edge[e] = options->beta * absence + work->g_edge[e] * (absence - presence) / 2;
    }
    if (options->gamma > 0)
        gph_soft_triangles_gradient(
            work->n, pair->kinds, pair->edge,
            (double)gph_soft_triangles_count(work->m, pair->wanted_edges, pair->wanted_edge),
            options->gamma, work->either, work->g_edge);
}

/* Gradient of a probability, from that of what it costs. */
static double back_price(const work_t *work, double scale, gph_real_t probability, double g)
{
    const gph_structural_options_t *options = work->options;
    return scale * options->alpha * price_slope(options->epsilon, (double)probability) * g;
}

static void write_gradients(const work_t *work, double scale)
{
    const gph_structural_pair_t *pair = work->pair;
    const int64_t columns = pair->labels + 1;
    for (int64_t i = 0; i < work->n; i++) {
        const gph_real_t *label = pair->label + i * columns;
        gph_real_t *g = pair->g_label + i * columns;
        const double *node = work->g_node + i * work->width;
        for (int64_t c = 0; c < columns; c++)
            g[c] = 0;
        for (int64_t j = 0; j <= work->m; j++) {
            const int64_t c = j < work->m ? pair->wanted_label[j] : pair->labels;
            g[c] += (gph_real_t)back_price(work, scale, label[c], node[j]);
        }
    }
    for (int64_t e = 0; e < pair->kinds * work->n * work->n; e++)
        pair->g_edge[e] = (gph_real_t)(scale * work->g_edge[e]);
}

/* --- all pairs ------------------------------------------------------------------------------ */

typedef struct job {
    const gph_structural_options_t *options;
    gph_structural_pair_t *pair;
    double scale;
    double *value; /* [threads × room] */
    int64_t room;  /* numbers a thread */
} job_t;

static gph_status_t do_pair(void *data, int64_t index, int thread)
{
    const job_t *job = data;
    gph_structural_pair_t *pair = &job->pair[index];
    gph_sinkhorn_t round[ROUNDS_MOST] = {{0}};
    const work_t work = lay_out(job->options, pair, round, job->value + thread * job->room);

    make_node_costs(&work);
    const double absent = make_edge_costs(&work);
    assign(&work);
    pair->loss = cost_of(&work, absent);
    if (pair->assignment != NULL)
        memcpy(pair->assignment, round[job->options->rounds - 1].s,
               (size_t)work.cells * sizeof *pair->assignment);
    if (pair->g_label != NULL) {
        begin_back(&work);
        back_rounds(&work);
        back_edges(&work);
        write_gradients(&work, job->scale);
    }
    return GPH_OK;
}

gph_status_t gph_structural_check(gph_env_t *env, const gph_structural_options_t *options)
{
    if (!(options->alpha >= 0) || !(options->beta >= 0) || !(options->gamma >= 0) ||
        !isfinite(options->alpha + options->beta + options->gamma))
        return gph_fail(env, GPH_ERR_USAGE,
                        "loss.alpha, loss.beta and loss.gamma must be 0 or more");
    if (!(options->temperature > 0) || !isfinite(options->temperature))
        return gph_fail(env, GPH_ERR_USAGE, "loss.temperature must be more than 0");
    if (!(options->epsilon > 0) || options->epsilon > 1)
        return gph_fail(env, GPH_ERR_USAGE, "loss.epsilon must be more than 0 and at most 1");
    if (options->rounds < 1 || options->rounds > ROUNDS_MOST || options->iterations < 1 ||
        options->iterations > ITERATIONS_MOST)
        return gph_fail(env, GPH_ERR_USAGE,
                        "loss.rounds must be 1 to %d, and loss.iterations 1 to %d", ROUNDS_MOST,
                        ITERATIONS_MOST);
    return GPH_OK;
}

gph_status_t gph_structural_loss(const gph_context_t *context,
                                 const gph_structural_options_t *options, double scale,
                                 int64_t count, gph_structural_pair_t *pair,
                                 gph_structural_space_t *space)
{
    gph_status_t status = GPH_OK;
    job_t job = {.options = options, .pair = pair, .scale = scale};
    int64_t room = 0;

    for (int64_t p = 0; p < count; p++) {
        const int64_t numbers = numbers_of(options, &pair[p]);
        job.room = numbers > job.room ? numbers : job.room;
    }
    if (!gph_mul_i64(job.room, context->threads, &room))
        GPH_TRY(gph_fail(context->env, GPH_ERR_MEMORY, "a structural loss of too many nodes"));
    if (room > space->room) {
        gph_structural_free(space);
        GPH_TRY(gph_alloc(context->env, room, sizeof *space->value, &space->value));
        space->room = room;
    }
    job.value = space->value;
    GPH_TRY(gph_team_run(context, count, do_pair, &job));

cleanup:
    return status;
}

void gph_structural_free(gph_structural_space_t *space)
{
    gph_free(space->value);
    *space = (gph_structural_space_t){0};
}
