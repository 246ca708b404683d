// Is a person able to see this page now? Reactive, because "displayed" is only said of a visible page.

class Page {
  isVisible = $state(document.visibilityState === 'visible');

  start(): void {
    document.addEventListener('visibilitychange', () => {
      this.isVisible = document.visibilityState === 'visible';
    });
  }
}

export const page = new Page();
