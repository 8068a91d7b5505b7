"""What a business transaction costs in a Rust program, beside `tracing` with the OpenTelemetry SDK.

Run it with `cargo xtask bench agent-rust`.
"""

import subprocess
import sys
from pathlib import Path

command = ["cargo", "run", "--release", "--quiet", "--", *sys.argv[1:]]
sys.exit(subprocess.run(command, cwd=Path(__file__).parent, check=False).returncode)
