/* json_get [NAME/NAME...] < FILE: exits with 0 only when FILE holds exactly one JSON object, and
 * prints the member of that path (texts bare, all else as JSON). */
#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Follows a path of names down from root; NULL when it leads nowhere. */
static const cJSON *follow(const cJSON *root, char *path)
{
    for (char *name = strtok(path, "/"); root && name; name = strtok(NULL, "/"))
        root = cJSON_IsArray(root) ? cJSON_GetArrayItem(root, (int)strtol(name, NULL, 10))
                                   : cJSON_GetObjectItemCaseSensitive(root, name);
    return root;
}

int main(int argc, char **argv)
{
    static char text[1 << 20];
    int exit_status = 1;
    text[fread(text, 1, sizeof text - 1, stdin)] = '\0';
    cJSON *root = cJSON_ParseWithOpts(text, NULL, 1);
    const cJSON *item = argc > 1 ? follow(root, argv[1]) : root;
    if (!cJSON_IsObject(root)) {
        fprintf(stderr, "not one JSON object: %.200s\n", text);
    } else if (!item) {
        fprintf(stderr, "no member %s\n", argv[1]);
    } else {
        char *json = cJSON_IsString(item) ? NULL : cJSON_Print(item);
        exit_status = puts(json ? json : cJSON_GetStringValue(item)) == EOF;
        cJSON_free(json);
    }
    cJSON_Delete(root);
    return exit_status;
}
