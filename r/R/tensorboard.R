# SPDX-License-Identifier: Apache-2.0
# The event files that TensorBoard reads: records (length, checksum, bytes, checksum) of protocol buffers. Only what
# scalars need is written here: https://www.tensorflow.org/tensorboard, tensorflow/core/util/event.proto.

#' @rdname cm_callback
#' @export
cm_cb_tensorboard <- function(path) {
  check_text(path, "cm_cb_tensorboard", "path")
  target <- NULL
  put <- function(event) {
    connection <- file(target, "ab")
    on.exit(close(connection))
    writeBin(framed(event), connection)
  }
  cm_callback(
    "tensorboard",
    on_train_begin = function(run) {
      if (!dir.exists(path) && !dir.create(path, recursive = TRUE, showWarnings = FALSE)) {
        stop_cermet("io", "cm_cb_tensorboard", "path", encodeString(path), ": cannot be made")
      }
      name <- sprintf("events.out.tfevents.%010d.%s.%d", as.integer(Sys.time()), Sys.info()[["nodename"]], Sys.getpid())
      target <<- file.path(path, name)
      put(c(double_field(1, as.numeric(Sys.time())), bytes_field(3, charToRaw("brain.Event:2"))))
    },
    on_epoch_end = function(run) put(scalar_event(run$epoch, run$figures))
  )
}

# An event: time (1), step (2), summary (5) with a value (1) a figure: tag (1) and number (2). Training and validation
# of a figure get tags that TensorBoard shows side by side.
scalar_event <- function(step, figures) {
  values <- lapply(names(figures), function(figure) {
    part <- if (startsWith(figure, "valid_")) "validation" else "training"
    tag <- paste0(sub("^valid_", "", figure), "/", part)
    bytes_field(1, c(bytes_field(1, charToRaw(enc2utf8(tag))), float_field(2, figures[[figure]])))
  })
  c(double_field(1, as.numeric(Sys.time())), varint_field(2, step), bytes_field(5, do.call(c, values)))
}

framed <- function(bytes) {
  length <- c(writeBin(as.integer(length(bytes)), raw(), endian = "little"), raw(4))
  c(length, .Call(C_masked_crc, length), bytes, .Call(C_masked_crc, bytes))
}

field_key <- function(number, wire) as.raw(number * 8 + wire)
double_field <- function(number, value) c(field_key(number, 1), writeBin(value, raw(), size = 8, endian = "little"))
float_field <- function(number, value) c(field_key(number, 5), writeBin(value, raw(), size = 4, endian = "little"))
bytes_field <- function(number, bytes) c(field_key(number, 2), varint(length(bytes)), bytes)
varint_field <- function(number, value) c(field_key(number, 0), varint(value))

# Seven bits a byte, the lowest first; the high bit says that more follow.
varint <- function(value) {
  bytes <- raw()
  while (value >= 128) {
    bytes <- c(bytes, as.raw(value %% 128 + 128))
    value <- value %/% 128
  }
  c(bytes, as.raw(value))
}
