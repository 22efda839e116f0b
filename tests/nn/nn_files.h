/** What training wrote. */
#ifndef NN_FILES_H
#define NN_FILES_H

#include <stdint.h>

/** Lines of a text; negative when it is absent or its first line begins otherwise. */
int nn_files_lines(const char *path, const char *begins);

/** Numbers in a dataset of an HDF5 file; -1 when there is none. */
int64_t nn_files_rows(const char *path, const char *name);

#endif
