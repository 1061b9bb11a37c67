/**
 * `callsheet completion SHELL`: the script that a shell loads. It knows nothing itself: it hands the words typed so far to
 * `callsheet complete`, so that it need not be installed again when commands, reports or fields change.
 */
import type { World } from "../world.ts";

/** Shells with a script. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `# Add to ~/.bashrc:  eval "$(callsheet completion bash)"
_callsheet() {
  local found
  COMPREPLY=()
  while IFS= read -r found; do
    COMPREPLY+=("$found")
  done < <(callsheet complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _callsheet callsheet
`,
  zsh: `# Add to ~/.zshrc, behind compinit:  eval "$(callsheet completion zsh)"
_callsheet() {
  local -a found
  found=("\${(@f)$(callsheet complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then
    compadd -- "\${found[@]}"
  else
    _files
  fi
}
compdef _callsheet callsheet
`,
  fish: `# Add to ~/.config/fish/config.fish:  callsheet completion fish | source
function __callsheet_complete
  set -l typed (commandline -opc) (commandline -ct)
  callsheet complete -- $typed[2..-1] 2>/dev/null
end
complete -c callsheet -a '(__callsheet_complete)'
`,
};

/** Prints the script of a shell. */
export function completion(shell: (typeof SHELLS)[number], world: World): void {
  world.out(SCRIPTS[shell]);
}
