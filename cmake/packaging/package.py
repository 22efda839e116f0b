# Spack recipe of grapheme-hpc, for a repository of one's own:
#   spack repo create gph-repo
#   mkdir gph-repo/packages/grapheme-hpc
#   cp cmake/packaging/package.py gph-repo/packages/grapheme-hpc
#   spack repo add gph-repo
#   spack dev-build grapheme-hpc@0.1.0      # in a checkout
from spack.package import *


class GraphemeHpc(CMakePackage):
    """Expensive graph operations (k-cliques, graph edit distance, message passing, training of
    graph networks) across MPI ranks and OpenMP threads, with the same bytes of output on any
    number of them."""

    license("Apache-2.0")

    version("0.1.0")

    variant("shared", default=True, description="Build libgph as a shared library")
    variant("scotch", default=True, description="Place vertices by Scotch")
    variant("native", default=False, description="Optimise for the machine that builds")

    depends_on("c", type="build")
    depends_on("cmake@3.21:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("help2man", type="build")
    depends_on("mpi@3:")
    depends_on("hdf5@1.10:+mpi")
    depends_on("utf8proc")
    depends_on("xxhash")
    depends_on("random123")
    depends_on("zlib-api")
    depends_on("expat")
    depends_on("scotch@7:", when="+scotch")
    depends_on("cjson")
    depends_on("libyaml")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define_from_variant("BUILD_SHARED_LIBS", "shared"),
            self.define_from_variant("GPH_NATIVE", "native"),
            self.define_from_variant("GPH_SCOTCH", "scotch"),
            self.define("GPH_BUILD_TESTS", self.run_tests),
        ]
