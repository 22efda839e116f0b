/*
 * The file of communities. Members lie at the owners of their vertices; round by round the next
 * stretch of the whole is cut evenly over the ranks, and each collects and writes its part.
 */
#include "clique/output_communities.h"

#include "clique/digest.h"
#include "clique/output.h"
#include "clique/output_common.h"
#include "graph/names.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>

/* Bytes that a member takes in a round, as text with a long name, and most of a rank's round. */
enum { MEMBER_BYTES = 64, ROUND_BYTES = 64 << 20 };

gph_digest_t gph_communities_digest(const gph_communities_t *communities)
{
    gph_digest_t sum = {0, 0};
    for (int64_t i = 0; i < communities->held; ++i) {
        const gph_pair_t member = communities->member[i];
        const int64_t item[2] = {member.b, member.a & 1};
        gph_digest_add(&sum, gph_digest_item(gph_part_item(GPH_PART_COMMUNITY, member.a >> 1), item,
                                             sizeof item));
    }
    return sum;
}

/* --- stretches ------------------------------------------------------------------------------- */

/* The stretch of the whole that ranks work on: `room` members a rank. */
typedef struct stretch {
    gph_context_t *context;
    const gph_communities_t *communities;
    int64_t room;
    int64_t begin;    /* place of the first member of this rank's part */
    int64_t count;    /* members of this rank's part */
    int64_t number;   /* community that the first of them is in */
    int64_t cursor;   /* members of `communities` that went out */
    int64_t done;     /* members of all parts before */
    int64_t ended;    /* communities that ended before */
    gph_pair_t *part; /* [count] as gph_communities_t.member, ascending */
} stretch_t;

static void stretch_free(stretch_t *s)
{
    gph_free(s->part);
    s->part = NULL;
}

/* Sends this rank's members of the next stretch to those who work on them. */
static gph_status_t send_stretch(stretch_t *s)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = s->context;
    const gph_communities_t *c = s->communities;
    const gph_pair_t *from = c->member + s->cursor;
    int64_t *count = NULL; /* [2 × ranks] sent, received */

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    for (; s->cursor < c->held; ++s->cursor) {
        const int64_t part = ((c->member[s->cursor].a >> 1) - s->done) / s->room;
        if (part >= context->ranks)
            break;
        count[part] += 1;
    }
    GPH_TRY(
        gph_comm_exchange(context, sizeof *from, from, count, &s->part, count + context->ranks));
    s->count = 0;
    for (int r = 0; r < context->ranks; ++r)
        s->count += count[context->ranks + r];
    GPH_TRY_ALL(context, gph_sort_pairs(context->env, s->count, s->part, NULL));

cleanup:
    gph_free(count);
    return status;
}

/* The next stretch. Collective. False when there is none. */
static gph_status_t next_stretch(stretch_t *s, bool *more)
{
    gph_status_t status = GPH_OK;
    const int64_t total = s->communities->members;
    int64_t ends = 0;
    int64_t before = 0;
    int64_t all = 0;

    *more = s->done < total;
    if (!*more)
        return GPH_OK;
    GPH_TRY(send_stretch(s));
    s->begin = s->done + s->room * s->context->rank;
    s->begin = s->begin > total ? total : s->begin;
    for (int64_t i = 0; i < s->count; ++i)
        ends += s->part[i].a & 1;
    GPH_TRY(gph_comm_scan_i64(s->context, 1, &ends, &before, &all));
    s->number = s->ended + before;
    s->ended += all;
    s->done += s->room * s->context->ranks;

cleanup:
    return status;
}

gph_status_t gph_communities_keep(gph_context_t *context, const gph_communities_t *communities,
                                  gph_kept_communities_t *kept)
{
    gph_status_t status = GPH_OK;
    stretch_t s = {.context = context, .communities = communities};
    gph_kept_communities_t made = {0};
    bool more = false;

    s.room = (communities->members + context->ranks - 1) / context->ranks;
    GPH_TRY(next_stretch(&s, &more));
    GPH_TRY_ALL(context, gph_alloc(context->env, s.count, sizeof *made.member, &made.member));
    GPH_TRY_ALL(context, gph_alloc(context->env, s.count, sizeof *made.community, &made.community));
    made.first = s.begin;
    made.count = s.count;
    for (int64_t i = 0; i < s.count; ++i) {
        made.member[i] = s.part[i].b;
        made.community[i] = s.number;
        s.number += s.part[i].a & 1;
    }
    *kept = made;
    made = (gph_kept_communities_t){0};

cleanup:
    gph_kept_communities_free(&made);
    stretch_free(&s);
    return status;
}

void gph_kept_communities_free(gph_kept_communities_t *kept)
{
    gph_free(kept->community);
    gph_free(kept->member);
    *kept = (gph_kept_communities_t){0};
}

/* --- text ------------------------------------------------------------------------------------ */

typedef struct writer {
    gph_clique_job_t *job;
    gph_context_t *context;
    const gph_communities_t *communities;
    const char *path;
    gph_output_kind_t kind;
    gph_outfile_t *out;
    gph_names_t names; /* text of a named graph: the names of all vertices */
    int64_t written;   /* bytes */
    gph_h5_out_t hdf5;
    hid_t members;
} writer_t;

/* .txt: a community a line. .tsv: a member a line, behind the number of its community. */
static gph_status_t format_part(const writer_t *w, const stretch_t *s, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const bool named = w->names.offset != NULL;
    int64_t number = s->number;

    for (int64_t i = 0; i < s->count; ++i) {
        const bool last = (s->part[i].a & 1) != 0;
        const char between = (char)(named ? '\t' : ' ');
        const char after = (char)(last || w->kind == GPH_OUTPUT_TSV ? '\n' : between);
        if (w->kind == GPH_OUTPUT_TSV)
            GPH_TRY(gph_output_number(text, number, '\t'));
        if (named) {
            GPH_TRY(gph_names_escape(&w->names, s->part[i].b, text));
            GPH_TRY(gph_array_push(text, &after));
        } else {
            GPH_TRY(gph_output_number(text, s->part[i].b, after));
        }
        number += last;
    }

cleanup:
    return status;
}

static gph_status_t write_text(writer_t *w, const stretch_t *s)
{
    gph_status_t status = GPH_OK;
    gph_array_t text = gph_array_init(w->context->env, 1);

    GPH_TRY_ALL(w->context, format_part(w, s, &text));
    GPH_TRY(gph_output_in_order(w->context, w->out, &text, &w->written));

cleanup:
    gph_array_free(&text);
    return status;
}

/* --- HDF5 ------------------------------------------------------------------------------------ */

static gph_status_t write_members(const writer_t *w, const stretch_t *s)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = w->context->env;
    int64_t *id = NULL;

    GPH_TRY_ALL(w->context, gph_alloc(env, s->count, sizeof *id, &id));
    for (int64_t i = 0; i < s->count; ++i)
        id[i] = s->part[i].b;
    GPH_TRY_ALL(w->context,
                gph_h5_write_rows(env, w->members, H5T_NATIVE_INT64, s->begin, s->count, 0, id));

cleanup:
    gph_free(id);
    return status;
}

/* Offsets of this rank's communities; the last rank adds the end. *offset [*rows] */
static gph_status_t list_offsets(const writer_t *w, int64_t *rows, int64_t **offset)
{
    const gph_communities_t *c = w->communities;
    const bool last = w->context->rank + 1 == w->context->ranks;
    *rows = c->numbered + last;
    const gph_status_t status = gph_alloc(w->context->env, *rows, sizeof **offset, offset);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < c->numbered; ++i)
        (*offset)[i] = c->offset[i];
    if (last)
        (*offset)[c->numbered] = c->members;
    return GPH_OK;
}

static gph_status_t write_offsets(const writer_t *w)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = w->context->env;
    hid_t dataset = H5I_INVALID_HID;
    int64_t *offset = NULL;
    int64_t rows = 0;

    GPH_TRY_ALL(w->context, list_offsets(w, &rows, &offset));
    GPH_TRY_ALL(w->context, gph_h5_dataset(env, w->hdf5.file, "offsets", H5T_STD_I64LE,
                                           w->communities->count + 1, 0, &dataset));
    GPH_TRY_ALL(w->context, gph_h5_write_rows(env, dataset, H5T_NATIVE_INT64, w->communities->first,
                                              rows, 0, offset));

cleanup:
    if (dataset >= 0)
        H5Dclose(dataset);
    gph_free(offset);
    return status;
}

static gph_status_t write_attributes(const writer_t *w)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = w->context;
    gph_env_t *env = context->env;
    const hid_t file = w->hdf5.file;
    const char *source = w->job->graph->source;
    gph_digest_t sum = gph_communities_digest(w->communities);
    char text[GPH_DIGEST_CHARS];

    GPH_TRY_ALL(context, gph_h5_attribute(env, file, "version", "1"));
    snprintf(text, sizeof text, "%d", w->job->options->k);
    GPH_TRY_ALL(context, gph_h5_attribute(env, file, "k", text));
    snprintf(text, sizeof text, "%" PRId64, w->communities->count);
    GPH_TRY_ALL(context, gph_h5_attribute(env, file, "communities", text));
    snprintf(text, sizeof text, "%" PRId64, w->communities->covered);
    GPH_TRY_ALL(context, gph_h5_attribute(env, file, "covered", text));
    GPH_TRY_ALL(context, gph_h5_attribute(env, file, "input", source != NULL ? source : ""));
    GPH_TRY(gph_comm_sum_digest(context, &sum));
    gph_digest_add(&sum, gph_clique_count_digest(w->job->options->k, w->job->total));
    GPH_TRY_ALL(context, gph_h5_attribute(env, file, "digest", gph_digest_format(sum, text)));

cleanup:
    return status;
}

static gph_status_t create_hdf5(writer_t *w)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(
        gph_h5_out_create(w->context, gph_outfile_name(w->out), "grapheme-communities", &w->hdf5));
    GPH_TRY(write_attributes(w));
    GPH_TRY(write_offsets(w));
    if (w->job->graph->names.offset != NULL)
        GPH_TRY(gph_h5_write_names(w->context, &w->job->graph->names, w->hdf5.file));
    GPH_TRY_ALL(w->context, gph_h5_dataset(w->context->env, w->hdf5.file, "members", H5T_STD_I64LE,
                                           w->communities->members, 0, &w->members));

cleanup:
    return status;
}

/* Reads both datasets of the closed file back: each rank its own offsets, and an even part of the
 * members. */
static gph_status_t read_back(const writer_t *w)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = w->context;
    const gph_communities_t *c = w->communities;
    const char *name = gph_outfile_name(w->out);
    const int64_t first = gph_block_start(c->members, context->ranks, context->rank);
    const int64_t rows = gph_block_start(c->members, context->ranks, context->rank + 1) - first;
    gph_digest_t written = {0, 0};
    gph_digest_t read = {0, 0};
    int64_t *offset = NULL;
    int64_t offsets = 0;

    for (int64_t i = 0; i < c->held; ++i)
        gph_digest_add(&written, gph_digest_item((uint64_t)(c->member[i].a >> 1), &c->member[i].b,
                                                 sizeof c->member[i].b));
    GPH_TRY_ALL(context, gph_h5_digest_rows(context->env, name, "members", H5T_NATIVE_INT64, 0,
                                            first, rows, 0, &read));
    GPH_TRY(gph_h5_compare(context, w->path, written, read));
    GPH_TRY_ALL(context, list_offsets(w, &offsets, &offset));
    written = (gph_digest_t){0, 0};
    read = (gph_digest_t){0, 0};
    for (int64_t i = 0; i < offsets; ++i)
        gph_digest_add(&written,
                       gph_digest_item((uint64_t)(c->first + i), &offset[i], sizeof offset[i]));
    GPH_TRY_ALL(context, gph_h5_digest_rows(context->env, name, "offsets", H5T_NATIVE_INT64, 0,
                                            c->first, offsets, 0, &read));
    GPH_TRY(gph_h5_compare(context, w->path, written, read));

cleanup:
    gph_free(offset);
    return status;
}

/* --- the whole ------------------------------------------------------------------------------- */

/* All stretches, into the open file. */
static gph_status_t write_all(writer_t *w)
{
    gph_status_t status = GPH_OK;
    stretch_t s = {.context = w->context, .communities = w->communities};
    int64_t bytes = gph_mem_left(w->context->env) / 4;
    bool more = true;

    bytes = bytes > ROUND_BYTES ? ROUND_BYTES : bytes;
    GPH_TRY(gph_comm_reduce_i64(w->context, GPH_MIN, 1, &bytes));
    s.room = bytes / MEMBER_BYTES + 1;
    while (more) {
        GPH_TRY(next_stretch(&s, &more));
        if (!more)
            break;
        GPH_TRY(w->kind == GPH_OUTPUT_HDF5 ? write_members(w, &s) : write_text(w, &s));
        stretch_free(&s);
    }

cleanup:
    stretch_free(&s);
    return status;
}

static gph_status_t write_hdf5(writer_t *w)
{
    gph_status_t status = create_hdf5(w);
    if (status == GPH_OK)
        status = write_all(w);
    if (w->members >= 0 && H5Dclose(w->members) < 0 && status == GPH_OK)
        status = gph_h5_ok(w->context->env, -1, "close a dataset");
    if (w->hdf5.file >= 0)
        status = gph_h5_out_close(&w->hdf5, status);
    return status == GPH_OK ? read_back(w) : status;
}

gph_status_t gph_communities_write(gph_clique_job_t *job, const gph_communities_t *communities,
                                   const char *path)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    writer_t w = {.job = job,
                  .context = context,
                  .communities = communities,
                  .path = path,
                  .kind = gph_output_kind(path),
                  .hdf5 = {context, H5I_INVALID_HID, -1},
                  .members = H5I_INVALID_HID};

    GPH_TRY(gph_job_join(job->engine)); /* the I/O thread may be in HDF5 */
    GPH_TRY(gph_outfile_create(context, path, &w.out));
    if (w.kind == GPH_OUTPUT_HDF5) {
        status = write_hdf5(&w);
    } else {
        if (job->graph->names.offset != NULL)
            status = gph_names_gather(context, &job->graph->names, &w.names);
        if (status == GPH_OK)
            status = write_all(&w);
    }
    status = gph_outfile_commit(&w.out, status);

cleanup:
    gph_names_free(&w.names);
    return status;
}
