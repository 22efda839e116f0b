/* Files and edges of the io tests. */
#include "io_files.h"

#include "io/labels.h"
#include "par/comm.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

const char *io_put(const char *name, const void *bytes, int64_t size)
{
    const char *path = gph_test_tmp(name);
    bool ok = true;

    if (gph_test_rank() == 0) {
        FILE *file = fopen(path, "wb");
        ok = file != NULL;
        if (ok)
            ok = fwrite(bytes, 1, (size_t)size, file) == (size_t)size;
        if (file != NULL && fclose(file) != 0)
            ok = false;
    }
    GPH_EXPECT(gph_test_all(ok), "%s could not be written", path);
    return path;
}

const char *io_put_text(const char *name, const char *text)
{
    return io_put(name, text, (int64_t)strlen(text));
}

static bool append_member(gzFile file, const char *bytes, int64_t size)
{
    return size == 0 || gzwrite(file, bytes, (unsigned)size) == (int)size;
}

const char *io_put_gzip(const char *name, const void *bytes, int64_t size, int members)
{
    const char *path = gph_test_tmp(name);
    bool ok = true;

    if (gph_test_rank() == 0) {
        for (int i = 0; i < members && ok; ++i) {
            const int64_t begin = size * i / members;
            const int64_t end = size * (i + 1) / members;
            gzFile file = gzopen(path, i == 0 ? "wb1" : "ab1");
            ok = file != NULL && append_member(file, (const char *)bytes + begin, end - begin);
            if (file != NULL && gzclose(file) != Z_OK)
                ok = false;
        }
    }
    GPH_EXPECT(gph_test_all(ok), "%s could not be written", path);
    return path;
}

char *io_slurp(gph_context_t *context, const char *path, int64_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    long end = 0;

    *size = 0;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0)
        end = ftell(file);
    if (end >= 0 && fseek(file, 0, SEEK_SET) == 0 &&
        gph_alloc(context->env, end + 1, 1, &bytes) == GPH_OK) {
        *size = (int64_t)fread(bytes, 1, (size_t)end, file);
        bytes[*size] = '\0';
    }
    fclose(file);
    return bytes;
}

int io_count_files(const char *text)
{
    DIR *folder = opendir(gph_test_tmpdir());
    int count = 0;

    if (folder == NULL)
        return -1;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        count += strstr(entry->d_name, text) != NULL;
    closedir(folder);
    return count;
}

static int compare_edges(const void *a, const void *b)
{
    const io_edge_t *x = a;
    const io_edge_t *y = b;

    if (x->u != y->u)
        return x->u < y->u ? -1 : 1;
    if (x->v != y->v)
        return x->v < y->v ? -1 : 1;
    return (x->weight > y->weight) - (x->weight < y->weight);
}

static io_edge_t normal(int64_t u, int64_t v, double weight)
{
    return (io_edge_t){u < v ? u : v, u < v ? v : u, weight};
}

/* Takes mine[count] over. */
static bool gather(gph_context_t *context, int64_t count, io_edge_t *mine, io_edges_t *all)
{
    *all = (io_edges_t){0};
    const bool ok =
        gph_comm_concat_all(context, count, sizeof *mine, mine, &all->edge, &all->count) == GPH_OK;
    if (ok)
        qsort(all->edge, (size_t)all->count, sizeof *all->edge, compare_edges);
    gph_free(mine);
    return ok;
}

bool io_gather(gph_context_t *context, const gph_edges_t *edges, io_edges_t *all)
{
    io_edge_t *mine = NULL;

    if (!gph_test_all(gph_alloc(context->env, edges->count, sizeof *mine, &mine) == GPH_OK)) {
        gph_free(mine);
        return false;
    }
    for (int64_t i = 0; i < edges->count; ++i)
        mine[i] = normal(edges->edge[i].u, edges->edge[i].v,
                         edges->weight != NULL ? edges->weight[i] : 0);
    return gather(context, edges->count, mine, all);
}

bool io_gather_graph(const gph_graph_t *graph, bool ids, io_edges_t *all)
{
    gph_context_t *context = graph->context;
    gph_labels_t labels = {0};
    io_edge_t *mine = NULL;
    int64_t count = 0;

    *all = (io_edges_t){0};
    if (gph_labels_fetch(graph, &labels) != GPH_OK)
        return false;
    const bool room =
        gph_alloc(context->env, graph->offset[graph->owned], sizeof *mine, &mine) == GPH_OK;
    for (gph_lid_t row = 0; room && row < graph->owned; ++row) {
        for (gph_off_t i = graph->offset[row]; i < graph->offset[row + 1]; ++i) {
            const gph_lid_t other = graph->adjacent[i];
            if (gph_graph_gid(graph, other) <= graph->first + row)
                continue;
            mine[count++] =
                normal(ids ? gph_label_id(&labels, row) : gph_graph_gid(graph, row) + 1,
                       ids ? gph_label_id(&labels, other) : gph_graph_gid(graph, other) + 1,
                       graph->weight != NULL ? graph->weight[i] : 0);
        }
    }
    gph_labels_free(&labels);
    if (!gph_test_all(room)) {
        gph_free(mine);
        return false;
    }
    return gather(context, count, mine, all);
}

bool io_same_edges(const io_edges_t *a, const io_edges_t *b)
{
    if (a->count != b->count)
        return false;
    for (int64_t i = 0; i < a->count; ++i)
        if (compare_edges(&a->edge[i], &b->edge[i]) != 0)
            return false;
    return true;
}

void io_expect_edges(const char *path, gph_format_t format, int64_t vertices, int64_t first_id,
                     int64_t count, const io_edge_t *wanted)
{
    gph_context_t *context = gph_test_context();
    const int64_t before = gph_mem_used(context->env);
    gph_edges_t edges = gph_edges_init();
    io_edges_t all = {0};

    if (!GPH_EXPECT_OK(context, gph_read_edges(context, path, format, &edges)))
        return;
    GPH_EXPECT(edges.vertices == vertices, "%s: %lld vertices, not %lld", path,
               (long long)edges.vertices, (long long)vertices);
    GPH_EXPECT(vertices < 0 || edges.first_id == first_id, "%s: first id %lld", path,
               (long long)edges.first_id);
    if (io_gather(context, &edges, &all)) {
        GPH_EXPECT(all.count == count, "%s: %lld edges, not %lld", path, (long long)all.count,
                   (long long)count);
        int64_t i = 0;
        while (i < count && i < all.count && compare_edges(&all.edge[i], &wanted[i]) == 0)
            ++i;
        if (i < count && i < all.count)
            GPH_EXPECT(false, "%s: edge %lld is %lld %lld %g, not %lld %lld %g", path, (long long)i,
                       (long long)all.edge[i].u, (long long)all.edge[i].v, all.edge[i].weight,
                       (long long)wanted[i].u, (long long)wanted[i].v, wanted[i].weight);
    }
    gph_free(all.edge);
    gph_edges_free(&edges);
    io_expect_no_leak(context, before);
}

void io_expect_refused(const char *path, gph_format_t format, const char *message)
{
    gph_context_t *context = gph_test_context();
    const int64_t before = gph_mem_used(context->env);
    gph_edges_t edges = gph_edges_init();
    char wanted[2048];

    snprintf(wanted, sizeof wanted, "%s%s", path, message);
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT, gph_read_edges(context, path, format, &edges));
    GPH_EXPECT(strcmp(gph_context_error(context), wanted) == 0, "message\n  %s\ninstead of\n  %s",
               gph_context_error(context), wanted);
    GPH_EXPECT(edges.edge == NULL && edges.count == 0, "%s: edges of a failure", path);
    gph_edges_free(&edges);
    io_expect_no_leak(context, before);
}

void io_expect_no_leak(gph_context_t *context, int64_t before)
{
    const int64_t left = gph_mem_used(context->env) - before;
    GPH_EXPECT(left == 0, "%lld bytes leak", (long long)left);
}
