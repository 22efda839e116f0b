/* Sums over neighbours, and the halo exchange that goes on meanwhile. */
#include "base/clock.h"
#include "nn/domain.h"
#include "nn/kernel.h"
#include "nn/work.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* Tag of halo messages; nothing else is sent from rank to rank during training. */
enum { TAG = 7301 };

/* --- halo ----------------------------------------------------------------------------------- */

typedef struct packing {
    const gph_domain_t *domain;
    const gph_tensor_t *values;
} packing_t;

static gph_status_t pack_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const packing_t *packing = data;
    const int64_t width = packing->values->columns;
    gph_real_t *to = packing->domain->halo.packed.value;
    (void)thread;
    for (int64_t i = begin; i < end; i++)
        memcpy(to + i * width, packing->values->value + packing->domain->halo.send[i] * width,
               (size_t)width * sizeof *to);
    return GPH_OK;
}

/* Posts one message: `rows` rows of `width` numbers. A row is an MPI type, so counts stay small. */
static gph_status_t post(gph_domain_t *domain, bool send, int rank, gph_real_t *rows, int64_t count,
                         MPI_Datatype row)
{
    gph_context_t *context = domain->context;
    gph_nn_halo_t *halo = &domain->halo;
    MPI_Request *request = &halo->request[halo->requests];
    const int code = send ? MPI_Isend(rows, (int)count, row, rank, TAG, context->comm, request)
                          : MPI_Irecv(rows, (int)count, row, rank, TAG, context->comm, request);
    const gph_status_t status = gph_comm_check(context, code, send ? "MPI_Isend" : "MPI_Irecv");
    halo->requests += status == GPH_OK;
    if (send)
        gph_phase_message(context, count * domain->halo.packed.columns * (int64_t)sizeof *rows);
    return status;
}

/* Posts all messages of one exchange. */
static gph_status_t post_all(gph_domain_t *domain, gph_tensor_t *values, MPI_Datatype row)
{
    gph_status_t status = GPH_OK;
    gph_nn_halo_t *halo = &domain->halo;
    const int64_t width = values->columns;
    gph_real_t *ghost = values->value + domain->rows * width;
    gph_real_t *packed = halo->packed.value;

    for (int r = 0; r < domain->context->ranks; r++) {
        if (halo->recv_count[r] > 0)
            GPH_TRY(post(domain, false, r, ghost, halo->recv_count[r], row));
        ghost += halo->recv_count[r] * width;
    }
    for (int r = 0; r < domain->context->ranks; r++) {
        if (halo->send_count[r] > 0)
            GPH_TRY(post(domain, true, r, packed, halo->send_count[r], row));
        packed += halo->send_count[r] * width;
        halo->bytes += halo->send_count[r] * width * (int64_t)sizeof *packed;
    }

cleanup:
    return status;
}

gph_status_t gph_halo_begin(gph_domain_t *domain, gph_tensor_t *values)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = domain->context;
    gph_nn_halo_t *halo = &domain->halo;
    MPI_Datatype row = MPI_DATATYPE_NULL;
    packing_t packing = {domain, values};
    int64_t count = 0;

    if (context->ranks == 1 || halo->send_count == NULL || values->columns == 0)
        return GPH_OK;
    for (int r = 0; r < context->ranks; r++)
        count += halo->send_count[r];
    GPH_TRY_ALL(context, gph_tensor_shape(context->env, count, values->columns, &halo->packed));
    GPH_TRY(gph_team_ranges(context, count,
                            gph_team_grain(context, (double)values->columns * GPH_WORK_MOVE),
                            pack_rows, &packing));
    GPH_TRY(
        gph_comm_check(context,
                       MPI_Type_contiguous((int)(values->columns * (int64_t)sizeof *values->value),
                                           MPI_BYTE, &row),
                       "MPI_Type_contiguous"));
    GPH_TRY(gph_comm_check(context, MPI_Type_commit(&row), "MPI_Type_commit"));
    GPH_TRY(post_all(domain, values, row));

cleanup:
    if (row != MPI_DATATYPE_NULL)
        MPI_Type_free(&row); /* messages under way keep it */
    return status;
}

gph_status_t gph_halo_end(gph_domain_t *domain)
{
    gph_nn_halo_t *halo = &domain->halo;
    const int requests = halo->requests;
    const double began = gph_clock_now();

    halo->requests = 0;
    if (requests == 0)
        return GPH_OK;
    const int code = MPI_Waitall(requests, halo->request, MPI_STATUSES_IGNORE);
    gph_phase_wait(domain->context, began);
    return gph_comm_check(domain->context, code, "MPI_Waitall");
}

/* --- sums ----------------------------------------------------------------------------------- */

typedef struct summing {
    gph_gather_t gather;
    const gph_kernels_t *kernels;
    const gph_lid_t *list;
    int64_t begin;
    int64_t end;
    int64_t grain; /* tasks worth a thread */
} summing_t;

/* Rows that a thread sums before it asks for more: degrees differ. */
enum { CHUNK = 256 };

static gph_status_t sum_rows(void *data, int64_t task, int thread)
{
    const summing_t *summing = data;
    const int64_t begin = summing->begin + task * CHUNK;
    const int64_t end = begin + CHUNK < summing->end ? begin + CHUNK : summing->end;
    (void)thread;
    summing->kernels->gather(&summing->gather, summing->list, begin, end);
    return GPH_OK;
}

static gph_status_t sum_all(const gph_context_t *context, summing_t *summing, int64_t begin,
                            int64_t end)
{
    summing->begin = begin;
    summing->end = end;
    return gph_team_tasks(context, (end - begin + CHUNK - 1) / CHUNK, summing->grain, sum_rows,
                          summing);
}

/* Tasks of rows of mean degree that are worth a thread. */
static int64_t grain_of(const gph_domain_t *domain, int64_t width)
{
    const double rows = domain->rows > 0 ? (double)domain->rows : 1;
    const double entries = 1 + (double)domain->offset[domain->rows] / rows;
    return gph_team_grain(domain->context, CHUNK * entries * (double)width * GPH_WORK_GATHER);
}

static gph_gather_t gather_of(const gph_domain_t *domain, gph_neighbours_t neighbours,
                              bool transposed)
{
    gph_gather_t gather = {.offset = domain->offset, .index = domain->adjacent};
    switch (neighbours) {
    case GPH_NEIGHBOURS_GCN:
        gather.left = domain->root;
        gather.right = domain->root;
        gather.self = 1;
        break;
    case GPH_NEIGHBOURS_MEAN:
        gather.left = transposed ? NULL : domain->inverse;
        gather.right = transposed ? domain->inverse : NULL;
        break;
    case GPH_NEIGHBOURS_SUM:
        gather.self = 1;
        break;
    case GPH_NEIGHBOURS_NONE:
        break;
    }
    return gather;
}

gph_status_t gph_domain_gather(gph_domain_t *domain, gph_neighbours_t neighbours, bool transposed,
                               bool exchange, gph_tensor_t *x, gph_tensor_t *out)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = domain->context;
    summing_t summing = {.gather = gather_of(domain, neighbours, transposed),
                         .kernels = gph_kernels(),
                         .list = domain->list,
                         .grain = grain_of(domain, x->columns)};

    summing.gather.b = x->value;
    summing.gather.width = x->columns;
    summing.gather.out = out->value;
    if (exchange)
        GPH_TRY(gph_halo_begin(domain, x));
    GPH_TRY(sum_all(context, &summing, 0, domain->interior));
    if (exchange)
        GPH_TRY(gph_halo_end(domain));
    GPH_TRY(sum_all(context, &summing, domain->interior, domain->rows));

cleanup:
    return status;
}
