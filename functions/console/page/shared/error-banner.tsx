export function ErrorBanner({ error }: { readonly error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <p class="banner bad" role="alert">
      {error}
    </p>
  );
}
