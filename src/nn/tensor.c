/* Matrices. */
#include "nn/tensor.h"

#include "base/checked.h"

#include <inttypes.h>
#include <string.h>

gph_status_t gph_tensor_shape(gph_env_t *env, int64_t rows, int64_t columns, gph_tensor_t *tensor)
{
    gph_status_t status = GPH_OK;
    int64_t count = 0;
    gph_real_t *value = NULL;

    if (rows < 0 || columns < 0 || !gph_mul_i64(rows, columns, &count) ||
        !gph_add_i64(count, GPH_TENSOR_SLACK, &count))
        return gph_fail(env, GPH_ERR_INTERNAL, "a matrix of %" PRId64 " x %" PRId64, rows, columns);
    if (count > tensor->room || tensor->value == NULL) {
        GPH_TRY(gph_alloc(env, count, sizeof *value, &value));
        memset(value + count - GPH_TENSOR_SLACK, 0, GPH_TENSOR_SLACK * sizeof *value);
        gph_tensor_free(tensor);
        tensor->value = value;
        tensor->room = count;
    }
    tensor->rows = rows;
    tensor->columns = columns;

cleanup:
    return status;
}

void gph_tensor_free(gph_tensor_t *tensor)
{
    if (tensor->room > 0)
        gph_free(tensor->value);
    *tensor = (gph_tensor_t){0};
}

gph_tensor_t gph_tensor_rows(const gph_tensor_t *tensor, int64_t first, int64_t rows)
{
    return (gph_tensor_t){tensor->value + first * tensor->columns, rows, tensor->columns, 0};
}

gph_status_t gph_tensor_check(gph_env_t *env, const char *what, const gph_tensor_t *tensor,
                              int64_t rows, int64_t columns)
{
    if ((rows < 0 || tensor->rows == rows) && tensor->columns == columns)
        return GPH_OK;
    return gph_fail(env, GPH_ERR_INTERNAL,
                    "%s is %" PRId64 " x %" PRId64 ", not %" PRId64 " x %" PRId64, what,
                    tensor->rows, tensor->columns, rows, columns);
}
