// SPDX-License-Identifier: Apache-2.0
// Matrix products by the libraries that we build on, called as their makers would:
//   gemm_peer openblas|onednn|onednn_packed SECONDS ROWS COLUMNS INNER
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <vector>

#include <cblas.h>
#include <oneapi/dnnl/dnnl.hpp>

#include "../engine/sample.h"

namespace {

using dnnl::memory;

struct Product {
  long m, n, k;
  std::vector<float> a, b, c;
};

void with_openblas(void *state) {
  auto &p = *static_cast<Product *>(state);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(p.m), static_cast<int>(p.n),
              static_cast<int>(p.k), 1, p.a.data(), static_cast<int>(p.k), p.b.data(), static_cast<int>(p.n), 0,
              p.c.data(), static_cast<int>(p.n));
}

void with_onednn(void *state) {
  auto &p = *static_cast<Product *>(state);
  dnnl::sgemm('N', 'N', p.m, p.n, p.k, 1, p.a.data(), p.k, p.b.data(), p.n, 0, p.c.data(), p.n);
}

// The right matrix in oneDNN's own layout, as constant weights may be.
struct Packed {
  dnnl::stream stream;
  dnnl::matmul matmul;
  std::unordered_map<int, memory> arguments;
};

Packed pack(Product &p) {
  dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  auto f32 = memory::data_type::f32;
  memory::desc a({p.m, p.k}, f32, memory::format_tag::ab), b({p.k, p.n}, f32, memory::format_tag::ab),
      any({p.k, p.n}, f32, memory::format_tag::any), c({p.m, p.n}, f32, memory::format_tag::ab);
#if DNNL_VERSION_MAJOR >= 3
  dnnl::matmul::primitive_desc desc(engine, a, any, c);
#else
  dnnl::matmul::primitive_desc desc(dnnl::matmul::desc(a, any, c), engine);
#endif
  memory plain(b, engine, p.b.data()), packed(desc.weights_desc(), engine);
  dnnl::reorder(plain, packed).execute(stream, plain, packed);
  stream.wait();
  return {stream,
          dnnl::matmul(desc),
          {{DNNL_ARG_SRC, memory(a, engine, p.a.data())},
           {DNNL_ARG_WEIGHTS, packed},
           {DNNL_ARG_DST, memory(c, engine, p.c.data())}}};
}

void with_packed(void *state) {
  auto &p = *static_cast<Packed *>(state);
  p.matmul.execute(p.stream, p.arguments);
  p.stream.wait();
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: gemm_peer openblas|onednn|onednn_packed SECONDS ROWS COLUMNS INNER\n");
    return 2;
  }
  std::string mode = argv[1];
  double seconds = std::atof(argv[2]);
  Product p{std::atol(argv[3]), std::atol(argv[4]), std::atol(argv[5]), {}, {}, {}};
  p.a.assign(static_cast<size_t>(p.m * p.k), 0.5f);
  p.b.assign(static_cast<size_t>(p.k * p.n), 0.25f);
  p.c.assign(static_cast<size_t>(p.m * p.n), 0);
  if (mode == "onednn_packed") {
    Packed packed = pack(p);
    measure(with_packed, &packed, seconds);
  } else {
    measure(mode == "openblas" ? with_openblas : with_onednn, &p, seconds);
  }
}
