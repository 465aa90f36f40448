/**
 * The Markdown of a package with links that work on npm: a relative link there leads into the folder of the package in
 * the repository, where the documents are not. Without `repository` the links stay, and lead to the copies of the
 * documents in the package.
 *
 * @param manifest the content of package.json; `repository.url` such as `git+https://github.com/OWNER/NAME.git`
 */
export function withAbsoluteLinks(markdown, { repository, version }) {
  if (!repository) return markdown;
  const base = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
  return markdown.replace(/\]\((?!https?:|#)([^)\s]+)\)/g, `](${base}/blob/v${version}/$1)`);
}
