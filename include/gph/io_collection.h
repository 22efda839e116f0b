/**
 * @file io_collection.h
 * Collections: many small labelled graphs in one input, such as molecules to compare or to learn
 * from. Every rank holds the whole collection.
 */
#ifndef GPH_IO_COLLECTION_PUBLIC_H
#define GPH_IO_COLLECTION_PUBLIC_H

#include "gph/par.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One small graph, read-only. Nodes are 0..nodes-1. The arrays belong to whoever made them. */
typedef struct gph_small_graph {
    const char *name; /**< what the input calls it; may be NULL */
    int32_t nodes;
    int32_t edges;             /**< each edge once, also when undirected */
    bool directed;             /**< an edge goes from `from` to `to` */
    int32_t node_values;       /**< numbers in the attribute of a node; 0: none */
    int32_t edge_values;       /**< numbers in the attribute of an edge; 0: none */
    const int32_t *node_label; /**< [nodes], >= 0 */
    const int32_t *from;       /**< [edges] */
    const int32_t *to;         /**< [edges]; a loop has to = from */
    const int32_t *edge_label; /**< [edges], >= 0 */
    const double *node_value;  /**< [nodes × node_values], finite */
    const double *edge_value;  /**< [edges × edge_values], finite */
} gph_small_graph_t;

/** Many small graphs with common labels, the same on all ranks. Opaque. */
typedef struct gph_collection gph_collection_t;

/** What the graphs of an input are like. All false: undirected, labels are words. */
typedef struct gph_collection_form {
    bool directed;
    bool numeric_nodes; /**< a node carries a vector of numbers (text: its label, `0.5,1.25`); where
                             an input has none, it is refused */
    bool numeric_edges; /**< likewise an edge */
    const char *node_attributes; /**< GXL: names of the attributes of nodes to read, with commas
                                      between; NULL: all. Must outlive the collection */
    const char *edge_attributes; /**< likewise of edges */
} gph_collection_form_t;

/** Undirected, labels are words. Local. */
GPH_API gph_collection_form_t gph_collection_form_default(void);

/**
 * Reads a collection. Every rank reads the whole input. Collective.
 *
 * | path                  | format |
 * |-----------------------|--------|
 * | a folder              | TUDataset: DS_A.txt, DS_graph_indicator.txt and others |
 * | NAME.gxl, NAME.cxl    | graphs in GXL, and collections of such files |
 * | NAME.h5, NAME.hdf5    | what gph_collection_save() writes |
 * | text:FILE             | a graph for each line of text: a chain of its characters |
 * | math:FILE             | a graph for each line: an expression in prefix notation |
 * | any other file        | text, plain or gzip: `t # name`, `v i label`, `e u v label` a line |
 *
 * docs/file-formats.md tells more of each.
 * @param form NULL: undirected, labels are words
 * @return GPH_ERR_INPUT with "FILE:LINE: what is wrong", and for an input without graphs
 */
GPH_API gph_status_t gph_collection_load(gph_context_t *context, const char *path,
                                         const gph_collection_form_t *form,
                                         gph_collection_t **collection);

/** Reads one more input of the same form; its graphs come after those there are, and equal labels
 * are equal. Views handed out before end to be valid. Collective. After a failure the collection is
 * of no more use than to be destroyed. */
GPH_API gph_status_t gph_collection_append(gph_collection_t *collection, const char *path);

/**
 * Writes a collection: to HDF5 where the name ends in .h5 or .hdf5, otherwise as text. Collective.
 * @return GPH_ERR_USAGE for a label or name that text can't hold; GPH_ERR_SYSTEM
 */
GPH_API gph_status_t gph_collection_save(const gph_collection_t *collection, const char *path);

/** Hexadecimal digest of all graphs with their labels, names and classes: equal digests mean equal
 * collections. Local; the same on every rank. @param digest [33] receives it. Returns digest */
GPH_API char *gph_collection_digest(const gph_collection_t *collection, char digest[33]);

/** Frees a collection and nulls the pointer; NULL is fine. Local. */
GPH_API void gph_collection_destroy(gph_collection_t **collection);

/** Number of graphs. Local. */
GPH_API int64_t gph_collection_count(const gph_collection_t *collection);

/** A graph, 0 <= index < count, in the order of the input. Valid until the collection changes.
 * Local. */
GPH_API const gph_small_graph_t *gph_collection_graph(const gph_collection_t *collection,
                                                      int64_t index);

/** What the input calls a graph. Local. */
GPH_API const char *gph_collection_name(const gph_collection_t *collection, int64_t index);

/** Nodes and edges of a graph. Local. */
GPH_API void gph_collection_size(const gph_collection_t *collection, int64_t index, int64_t *nodes,
                                 int64_t *edges);

/* --- labels and classes --------------------------------------------------------------------- */

/** Number of different node labels: 0 <= gph_small_graph_t.node_label < that. In order of first
 * use; a node without a label has the label "". Local. */
GPH_API int32_t gph_collection_node_labels(const gph_collection_t *collection);

/** Node label by its number. Valid until the collection changes. Local. */
GPH_API const char *gph_collection_node_label(const gph_collection_t *collection, int32_t number);

/** Likewise edge labels. Local. */
GPH_API int32_t gph_collection_edge_labels(const gph_collection_t *collection);

/** Edge label by its number. Valid until the collection changes. Local. */
GPH_API const char *gph_collection_edge_label(const gph_collection_t *collection, int32_t number);

/** Number of classes of graphs; 0 when the input tells none. Local. */
GPH_API int32_t gph_collection_classes(const gph_collection_t *collection);

/** Class of a graph, 0..classes-1, or -1 when the input tells none. Classes are numbered in
 * ascending order of what the input calls them: as integers where all are that, else as text.
 * Local. */
GPH_API int32_t gph_collection_class(const gph_collection_t *collection, int64_t index);

/** What the input calls a class. Valid until the collection changes. Local. */
GPH_API const char *gph_collection_class_name(const gph_collection_t *collection, int32_t number);

#ifdef __cplusplus
}
#endif

#endif
