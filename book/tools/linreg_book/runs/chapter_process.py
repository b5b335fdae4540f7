"""The process that drives one chapter's kernel: reads a job, runs papermill, says how it went.

Run as ``python -m linreg_book.runs.chapter_process JOB.json``. A process of its own for each
chapter keeps a crash or a timeout of one from touching the others.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

SUCCESS, CELL_FAILED, KERNEL_DIED, ENDED = 0, 3, 4, 5


def main(arguments: list[str]) -> int:
    """Run the job; the exit code tells the kind of ending, the notebook tells the rest."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))

    import logging

    from nbclient.exceptions import DeadKernelError
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    from linreg_book.chapters.chapter import text_to_notebook
    from linreg_book.runs import bounded_client, opened_files, papermill_engine

    papermill_engine.install()
    bounded_client.install()
    logging.getLogger("papermill").setLevel(logging.ERROR)
    text = Path(job["source"]).read_text(encoding="utf-8")
    notebook = text_to_notebook(text, where=job["source"])
    notebook.metadata[papermill_engine.MARK] = Path(job["source"]).name
    notebook.metadata["papermill"] = {
        "default_parameters": {},
        "parameters": {},
        "environment_variables": {},
        "version": "",
    }
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
        cell.metadata.setdefault("papermill", {})
    try:
        executed = execute_notebook(
            notebook,
            # papermill fills in braces in a path
            job["output"].replace("{", "{{").replace("}", "}}"),
            parameters=job["parameters"],
            kernel_name="python3",
            cwd=job["folder"],
            progress_bar=False,
            engine_name=bounded_client.ENGINE,
            extra_arguments=[f"--ext={opened_files.__name__}"],
        )
    except bounded_client.ChapterEnded:
        return ENDED
    except PapermillExecutionError:
        return CELL_FAILED
    except DeadKernelError:
        return KERNEL_DIED
    # papermill takes sys.exit() for a success.
    stopped = any(
        output.output_type == "error"
        for cell in executed.cells
        for output in cell.get("outputs", [])
    )
    return CELL_FAILED if stopped else SUCCESS


def _end_with_parent(parent: int) -> None:
    """When the build is killed, end too; the kernel watches this process in the same way."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
