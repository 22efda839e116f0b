/* Expressions: one tree walked by hand, and a graph of many evaluated by all ranks.
 *     mpirun -n 2 expressions ['EXPRESSION OF x'] */
#include <gph/gph.h>

#include <stdio.h>
#include <string.h>

/* Prints the nodes of an expression, operands indented below their operator. */
static void print_tree(const gph_expression_t *expression)
{
    int64_t left[64] = {0}; /* operands to come at each depth */
    int depth = 0;
    for (int64_t v = 0; v < gph_expression_nodes(expression) && depth < 63; ++v) {
        const gph_expression_node_t node = gph_expression_node(expression, v);
        printf("%*s%.*s\n", 2 * depth, "", (int)node.length, node.text);
        left[++depth] = node.operands;
        while (depth > 0 && left[depth] == 0) {
            --depth;
            --left[depth];
        }
    }
}

int main(int argc, char **argv)
{
    const char *text = argc > 1 ? argv[1] : "(+ 1 * 2 x (sin / pi 2))";
    static const char many[] = "+ x 1\n* x x\n(max 1 x (^ 2 x))\n";
    const gph_binding_t x = {"x", 3};
    gph_context_t *context = NULL;
    gph_expression_t *expression = NULL;
    gph_graph_t *graph = NULL;
    gph_values_summary_t summary = {0};
    double value = 0;

    if (gph_context_create(MPI_COMM_WORLD, NULL, &context) != GPH_OK)
        return 1;
    const bool root = gph_context_rank(context) == 0;
    gph_status_t status = gph_expression_parse(context, text, (int64_t)strlen(text), &expression);
    if (status == GPH_OK)
        status = gph_expression_evaluate(context, expression, 1, &x, &value);
    if (status == GPH_OK && root) {
        print_tree(expression);
        printf("%g at x = 3\n", value);
    }
    if (status == GPH_OK)
        status = gph_graph_from_expressions(context, many, (int64_t)strlen(many), &graph);
    if (status == GPH_OK)
        status = gph_graph_evaluate_to(graph, 1, &x, "expressions.values", &summary);
    if (status == GPH_OK && root)
        printf("%lld expressions in %lld levels; the first is %g\n", (long long)summary.expressions,
               (long long)summary.levels, summary.first);
    if (status != GPH_OK && root)
        fprintf(stderr, "%s\n", gph_context_error(context));
    gph_expression_destroy(&expression);
    gph_graph_destroy(&graph);
    gph_context_destroy(&context);
    return status == GPH_OK ? 0 : 1;
}
