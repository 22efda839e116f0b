/* From a text to cliques: words that all occur near each other.
 *     mpirun -n 4 text_cliques TEXTFILE */
#include <gph/gph.h>

#include <stdio.h>

/* Writes a small text where none is given. */
static const char *sample(bool root)
{
    static const char path[] = "text_cliques.sample.txt";
    FILE *file = root ? fopen(path, "w") : NULL;
    if (file != NULL) {
        fputs("the quick brown fox jumps over the lazy dog and the quick dog\n"
              "jumps over the brown fox again and again\n",
              file);
        fclose(file);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    return path;
}

int main(int argc, char **argv)
{
    char spec[4096] = "";
    char count[GPH_COUNT_CHARS] = "";
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    gph_clique_result_t *result = NULL;
    gph_clique_options_t options = gph_clique_options_default();
    gph_graph_info_t info = {0};

    if (gph_context_create(MPI_COMM_WORLD, NULL, &context) != GPH_OK)
        return 1;
    const bool root = gph_context_rank(context) == 0;
    snprintf(spec, sizeof spec, "text:path=%s,unit=word,window=4",
             argc > 1 ? argv[1] : sample(root));
    gph_status_t status = gph_graph_load(context, spec, GPH_FORMAT_AUTO, &graph);
    if (status == GPH_OK)
        status = gph_graph_info(graph, &info);
    options.k = 4;
    options.list_path = "text_cliques.txt"; /* a line of words for each clique */
    if (status == GPH_OK)
        status = gph_clique_find(graph, &options, &result);
    if (status == GPH_OK && root)
        printf("%lld words, %lld pairs, %s groups of 4 in %s\n", (long long)info.vertices,
               (long long)info.edges, gph_count_format(gph_clique_count(result), count),
               options.list_path);
    if (status != GPH_OK && root)
        fprintf(stderr, "%s\n", gph_context_error(context));
    gph_clique_result_destroy(&result);
    gph_graph_destroy(&graph);
    gph_context_destroy(&context);
    return status == GPH_OK ? 0 : 1;
}
