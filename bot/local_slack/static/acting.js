// One interaction with a control: its hooks, its question beforehand, its waiting and its failure.

import { confirmed, toast } from "./overlays.js";

/** The hooks and names every control carries. */
export function hooks(element, block) {
  return { actionId: element.action_id, blockId: block.block_id };
}

/** Runs one interaction: asks first where the element says so, shows it as pending until the app has answered. */
export async function perform(node, element, block, ctx, detail) {
  if (node.getAttribute("aria-busy") === "true") return false;
  if (!(await confirmed(element.confirm, ctx.names))) return false;
  node.setAttribute("aria-busy", "true");
  try {
    await ctx.act({ action_id: element.action_id, block_id: block.block_id, ...detail });
    return true;
  } catch (problem) {
    toast(problem.message);
    return false;
  } finally {
    node.removeAttribute("aria-busy");
  }
}
