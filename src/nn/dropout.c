/* Dropout by masks of random bits. */
#include "nn/dropout.h"

#include "nn/work.h"
#include "par/team.h"

/* Words of a row's mask made at a time. */
enum { ROW_WORDS = 64 };

typedef struct drop_job {
    const gph_kernels_t *kernels;
    const gph_dropout_t *dropout;
    bool make;
    uint64_t word; /* first word of the mask over all elements */
    int64_t count;
    const gph_real_t *x;
    gph_real_t *out;
} drop_job_t;

static uint32_t threshold(const gph_dropout_t *dropout)
{
    return (uint32_t)(dropout->rate * 0x1p32);
}

static gph_real_t scale(const gph_dropout_t *dropout)
{
    return (gph_real_t)(1 / (1 - dropout->rate));
}

/* Words begin … end of the mask, and the elements that they are of. */
static gph_status_t drop_words(void *data, int64_t begin, int64_t end, int thread)
{
    const drop_job_t *job = data;
    const gph_dropout_t *dropout = job->dropout;
    const int64_t low = begin * GPH_MASK_BITS - dropout->shift;
    const int64_t high = end * GPH_MASK_BITS - dropout->shift;
    const int64_t first = low > 0 ? low : 0;
    const int64_t last = high < job->count ? high : job->count;
    uint32_t *bits = dropout->bits + begin;
    (void)thread;
    if (job->make)
        job->kernels->mask(dropout->seed, dropout->stream, job->word + (uint64_t)begin, end - begin,
                           threshold(dropout), bits);
    job->kernels->keep(last - first, bits, first - low, scale(dropout), job->x + first,
                       job->out + first);
    return GPH_OK;
}

static int64_t word_count(const gph_dropout_t *dropout, int64_t count)
{
    return (dropout->shift + count + GPH_MASK_BITS - 1) / GPH_MASK_BITS;
}

static int64_t words_of_thread(const gph_context_t *context)
{
    return gph_team_grain(context, GPH_MASK_BITS * GPH_WORK_DROP);
}

gph_status_t gph_dropout_apply(const gph_context_t *context, gph_dropout_t *dropout, uint64_t first,
                               int64_t count, const gph_real_t *x, gph_real_t *out)
{
    gph_status_t status = GPH_OK;
    drop_job_t job = {gph_kernels(), dropout, true, first / GPH_MASK_BITS, count, x, out};
    int64_t words = 0;

    dropout->shift = (int64_t)(first % GPH_MASK_BITS);
    words = word_count(dropout, count);
    if (words > dropout->room) {
        gph_free(dropout->bits);
        dropout->bits = NULL;
        dropout->room = 0;
        GPH_TRY(gph_alloc(context->env, words, sizeof *dropout->bits, &dropout->bits));
        dropout->room = words;
    }
    GPH_TRY(gph_team_ranges(context, words, words_of_thread(context), drop_words, &job));

cleanup:
    return status;
}

gph_status_t gph_dropout_again(const gph_context_t *context, const gph_dropout_t *dropout,
                               int64_t count, const gph_real_t *x, gph_real_t *out)
{
    drop_job_t job = {gph_kernels(), dropout, false, 0, count, x, out};
    return gph_team_ranges(context, word_count(dropout, count), words_of_thread(context),
                           drop_words, &job);
}

typedef struct rows_job {
    const gph_kernels_t *kernels;
    const gph_dropout_t *dropout;
    const int64_t *row;
    int64_t width;
    gph_real_t *x;
} rows_job_t;

static void drop_row(const rows_job_t *job, uint64_t element, gph_real_t *x)
{
    const gph_dropout_t *dropout = job->dropout;
    uint32_t bits[ROW_WORDS];
    for (int64_t done = 0; done < job->width;) {
        const uint64_t first = element + (uint64_t)done;
        const int64_t shift = (int64_t)(first % GPH_MASK_BITS);
        const int64_t room = (int64_t)ROW_WORDS * GPH_MASK_BITS - shift;
        const int64_t now = job->width - done < room ? job->width - done : room;
        job->kernels->mask(dropout->seed, dropout->stream, first / GPH_MASK_BITS,
                           (shift + now + GPH_MASK_BITS - 1) / GPH_MASK_BITS, threshold(dropout),
                           bits);
        job->kernels->keep(now, bits, shift, scale(dropout), x + done, x + done);
        done += now;
    }
}

static gph_status_t drop_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const rows_job_t *job = data;
    (void)thread;
    for (int64_t i = begin; i < end; i++)
        drop_row(job, (uint64_t)job->row[i] * (uint64_t)job->width, job->x + i * job->width);
    return GPH_OK;
}

gph_status_t gph_dropout_rows(const gph_context_t *context, const gph_dropout_t *dropout,
                              int64_t count, const int64_t *row, int64_t width, gph_real_t *x)
{
    rows_job_t job = {gph_kernels(), dropout, row, width, x};
    return gph_team_ranges(context, count, gph_team_grain(context, (double)width * GPH_WORK_DROP),
                           drop_rows, &job);
}

void gph_dropout_free(gph_dropout_t *dropout)
{
    gph_free(dropout->bits);
    dropout->bits = NULL;
    dropout->room = 0;
}
