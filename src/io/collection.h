/**
 * Collections: many small labelled graphs in one input, such as molecules to compare.
 *
 * A set keeps all its graphs in a few long arrays; gph_graph_set_view() shows one of them. Labels
 * are strings, numbered in the order in which they first occur in the set, or vectors of numbers.
 * Read two files into one set to compare their graphs: equal labels then have equal numbers.
 */
#ifndef GPH_IO_COLLECTION_H
#define GPH_IO_COLLECTION_H

#include "base/array.h"
#include "base/hash.h"
#include "gph/io_collection.h"
#include "io/file.h"
#include "par/context.h"

/** Strings and their numbers 0, 1, 2 … in order of first use. */
typedef struct gph_symbols {
    gph_map_t map;      /**< hash of a string -> its number */
    gph_array_t bytes;  /**< of char: the strings, each with its final NUL */
    gph_array_t offset; /**< of int64_t: where each begins in `bytes` */
} gph_symbols_t;

/** Many small graphs. Open for reading by the library's own modules. */
typedef struct gph_graph_set {
    gph_env_t *env;
    int64_t count;       /**< finished graphs */
    bool directed;       /**< of all graphs */
    int32_t node_values; /**< numbers a node; -1: not known yet */
    int32_t edge_values; /**< numbers an edge; -1: not known yet */
    gph_symbols_t node_symbols;
    gph_symbols_t edge_symbols;
    gph_array_t names;      /**< of char: names of graphs, each with its final NUL */
    gph_array_t name_start; /**< of int64_t [count] */
    gph_array_t node_start; /**< of int64_t [count]: first node of each graph */
    gph_array_t edge_start; /**< of int64_t [count]: first edge of each graph */
    gph_array_t node_label; /**< of int32_t */
    gph_array_t from;       /**< of int32_t */
    gph_array_t to;         /**< of int32_t */
    gph_array_t edge_label; /**< of int32_t */
    gph_array_t node_value; /**< of double */
    gph_array_t edge_value; /**< of double */
    gph_array_t class_of;   /**< of int32_t [count]: symbol of each graph's class, -1: none */
    gph_symbols_t class_symbols;
    gph_map_t edge_seen; /**< edges of the graph being added */
} gph_graph_set_t;

struct gph_collection {
    gph_context_t *context;
    char *input; /**< name of the input; "" when there are several */
    gph_collection_form_t form;
    gph_graph_set_t set;
    gph_small_graph_t *view; /**< [set.count] */
    int32_t *class_rank;     /**< [classes] number of the class of each symbol */
    int32_t *class_symbol;   /**< [classes] symbol of each class */
};

/** Most numbers in the attribute of a node or an edge. */
enum { GPH_VALUES_MOST = 4096 };

/** Makes an empty map of symbols. Allocates nothing. Local. */
gph_symbols_t gph_symbols_init(gph_env_t *env);

/** Frees symbols. Local. */
void gph_symbols_free(gph_symbols_t *symbols);

/** Number of symbols. Local. */
static inline int32_t gph_symbols_count(const gph_symbols_t *symbols)
{
    return (int32_t)symbols->offset.count;
}

/** Number of text[size] among the symbols; a new string gets the next number. Local. */
gph_status_t gph_symbols_intern(gph_symbols_t *symbols, const char *text, int64_t size,
                                int32_t *number);

/** Number of text[size], or -1 when it is none of the symbols. Local. */
int64_t gph_symbols_find(const gph_symbols_t *symbols, const char *text, int64_t size);

/** Appends text[size] and a NUL to an array of char. Local. */
gph_status_t gph_symbols_append(gph_array_t *bytes, const char *text, int64_t size);

/** String of a number. Local. Valid until the next string is added. */
const char *gph_symbols_text(const gph_symbols_t *symbols, int32_t number);

/** Empty set. Allocates nothing. Local. */
gph_graph_set_t gph_graph_set_init(gph_env_t *env, bool directed);

/** Frees the graphs and empties the set. Local. */
void gph_graph_set_free(gph_graph_set_t *set);

/** Begins a graph named text[size]; the one before it is finished. Local. */
gph_status_t gph_graph_set_begin(gph_graph_set_t *set, const char *name, int64_t size);

/**
 * Adds the next node to the graph begun last. Local.
 * @param label  number of its label
 * @param value  [values] its attribute
 * @return GPH_ERR_INPUT when other nodes have another number of values
 */
gph_status_t gph_graph_set_node(gph_graph_set_t *set, int32_t label, int32_t values,
                                const double *value);

/**
 * Adds an edge to the graph begun last. Local.
 * @return GPH_ERR_INPUT when an end is no node of the graph, the edge is there already, or other
 *         edges have another number of values
 */
gph_status_t gph_graph_set_edge(gph_graph_set_t *set, int64_t from, int64_t to, int32_t label,
                                int32_t values, const double *value);

/** Gives the graph begun last a class, a symbol of set->class_symbols. Local. */
void gph_graph_set_class(gph_graph_set_t *set, int32_t symbol);

/** Puts "PLACE: " before a message of bad input; other statuses pass. Local. */
gph_status_t gph_graph_set_prefix(gph_graph_set_t *set, const char *place, gph_status_t status);

/** Puts "PATH:LINE: " before a message of bad input; other statuses pass. Local. */
gph_status_t gph_graph_set_place(gph_graph_set_t *set, const char *path, int64_t line,
                                 gph_status_t status);

/** View of a graph, 0 <= index < count. Valid until the set changes. Local. */
gph_small_graph_t gph_graph_set_view(const gph_graph_set_t *set, int64_t index);

/**
 * Reads a text collection, plain or gzip, and adds its graphs to the set: lines `t # name` begin a
 * graph, `v i label` adds node i = 0, 1, 2 …, `e u v label` an edge; labels may be left out, lines
 * that are blank or begin with # are skipped. Every rank reads the whole file. Collective.
 * @return GPH_ERR_INPUT with "FILE:LINE: what is wrong"; the set then holds part of the graphs
 */
gph_status_t gph_graph_set_read(gph_context_t *context, const char *path,
                                const gph_collection_form_t *form, gph_graph_set_t *set);

/** Reads a TUDataset folder (docs/file-formats.md) likewise. Collective. */
gph_status_t gph_graph_set_read_tu(gph_context_t *context, const char *folder,
                                   const gph_collection_form_t *form, gph_graph_set_t *set);

/** Reads a GXL file likewise. Collective. */
gph_status_t gph_graph_set_read_gxl(gph_context_t *context, const char *path,
                                    const gph_collection_form_t *form, gph_graph_set_t *set);

/** Reads a CXL file and the GXL files that it names likewise. Collective. */
gph_status_t gph_graph_set_read_cxl(gph_context_t *context, const char *path,
                                    const gph_collection_form_t *form, gph_graph_set_t *set);

/** Reads lines of text likewise, one graph each. Collective. */
gph_status_t gph_graph_set_read_text(gph_context_t *context, const char *path,
                                     const gph_collection_form_t *form, gph_graph_set_t *set);

/** Reads lines of expressions in prefix notation likewise, one graph each. Collective. */
gph_status_t gph_graph_set_read_math(gph_context_t *context, const char *path,
                                     const gph_collection_form_t *form, gph_graph_set_t *set);

/** Reads an HDF5 file of gph_graph_set_write_hdf5() likewise. Collective. */
gph_status_t gph_graph_set_read_hdf5(gph_context_t *context, const char *path,
                                     const gph_collection_form_t *form, gph_graph_set_t *set);

/** Writes the set, the same on all ranks, to the HDF5 file `name`, unsynced. Collective. */
gph_status_t gph_graph_set_write_hdf5(gph_context_t *context, const gph_graph_set_t *set,
                                      const char *name);

/** Writes the set, the same on all ranks, as text. Collective. */
gph_status_t gph_graph_set_write_text(gph_context_t *context, const gph_graph_set_t *set,
                                      gph_outfile_t *out);

#endif
