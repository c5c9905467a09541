# SPDX-License-Identifier: Apache-2.0
# Checkpoints: what a training needs to go on as if it had never stopped. The state file holds the model, the optimizer,
# the random generator, the history, the rows put aside for validation, and what callbacks remember.

#' @rdname cm_callback
#' @export
cm_cb_checkpoint <- function(path, every = 1) {
  check_text(path, "cm_cb_checkpoint", "path")
  check_count(every, "cm_cb_checkpoint", "every")
  cm_callback("checkpoint", on_epoch_end = function(run) {
    if (run$epoch %% every != 0) return()
    .Call(C_model_save, run$model, path, run$epoch)
    write_state(run, path)
  })
}

# The file of a checkpoint's state, beside the files of the model.
state_path <- function(path) paste0(sub("\\.safetensors$", "", path), "-state.rds")

state_format <- 1

write_state <- function(run, path) {
  state <- list(
    format = state_format, graph = cm_to_json(run$graph$symbol), epoch = run$epoch, history = run$history,
    stopped = run$stopped, levels = run$levels, n = run$n, rows = run$rows,
    model = .Call(C_state_create, .Call(C_model_copy, run$model)), optimizer = .Call(C_optimizer_to_raw, run$optimizer),
    rng = .Call(C_rng_state, run$rng),
    callbacks = lapply(run$callbacks, function(callback) if (!is.null(callback$state)) callback$state())
  )
  target <- path.expand(state_path(path))
  temporary <- tempfile(paste0(basename(target), "."), dirname(target))
  on.exit(unlink(temporary))
  written <- tryCatch(saveRDS(state, temporary, compress = FALSE), error = identity, warning = identity)
  if (inherits(written, "condition")) stop_cermet("io", "fit", "checkpoint", target, ": ", conditionMessage(written))
  .Call(C_replace_file, temporary, target)
}

# The state in a checkpoint, or NULL where there is none yet.
read_state <- function(path) {
  if (is.null(path)) return(NULL)
  check_text(path, "fit", "resume")
  file <- state_path(path)
  if (!file.exists(file)) return(NULL)
  state <- tryCatch(readRDS(file), error = identity, warning = identity)
  if (!is.list(state) || inherits(state, "condition") || is.null(state$format)) {
    stop_cermet("corrupt", "fit", "resume", encodeString(file), " is no checkpoint of fit()")
  }
  if (state$format != state_format) {
    stop_cermet("unsupported", "fit", "resume", encodeString(file), " has format ", state$format, "; want ", state_format)
  }
  state
}

check_state <- function(state, run) {
  if (!identical(state$graph, cm_to_json(run$graph$symbol))) {
    stop_argument("fit", "resume", "the checkpoint is one of another network")
  }
  if (state$n != run$n) {
    stop_argument("fit", "resume", "the checkpoint is one of ", state$n, " observations; got ", run$n)
  }
  if (length(state$callbacks) != length(run$callbacks)) {
    stop_argument("fit", "resume", "the checkpoint had ", length(state$callbacks), " callbacks; got ",
                  length(run$callbacks))
  }
}

# Called when everything else of the run is there.
restore_state <- function(run, state) {
  run$epoch <- state$epoch
  run$resumed_from <- state$epoch
  run$history <- state$history
  run$stopped <- state$stopped
  .Call(C_optimizer_restore, run$optimizer, state$optimizer)
  .Call(C_rng_set_state, run$rng, state$rng)
}

restore_callbacks <- function(run, state) {
  for (i in seq_along(run$callbacks)) {
    if (!is.null(run$callbacks[[i]]$restore)) run$callbacks[[i]]$restore(state$callbacks[[i]])
  }
}
