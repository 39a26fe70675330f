"""A tree that has the shape of a lifecycle -> `workflow.core.model.Lifecycle`: every name looked up, every condition checked."""

from workflow.loading.compiling.lifecycle import compile_lifecycle

__all__ = ["compile_lifecycle"]
