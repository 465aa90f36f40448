import { useData } from 'vitepress';
import { defineComponent, h, onMounted, ref, useId, watch } from 'vue';

/** The width below which a large picture scrolls. */
const READABLE = '36rem';

/** They stand on the colour of the page. */
const WORDS_ON_LINES = '.edgeLabel, .edgeLabel p { background-color: var(--vp-c-bg); }';

/** Draws the text of a Mermaid block, in the colours of the page. Until it is drawn, the page shows the text. */
export const MermaidPicture = defineComponent({
  props: { code: { type: String, required: true } },
  setup(props) {
    const { isDark } = useData();
    const svg = ref('');
    const id = `picture-${useId()}`;

    async function draw(): Promise<void> {
      const { default: mermaid } = await import('mermaid');
      // Mermaid measures the words, so their font must be there.
      await document.fonts.ready;
      const theme = isDark.value ? 'dark' : 'neutral';
      mermaid.initialize({ startOnLoad: false, theme, themeCSS: WORDS_ON_LINES, fontFamily: 'inherit' });
      const drawn = (await mermaid.render(id, decodeURIComponent(props.code))).svg;
      // Mermaid sets the natural width as `max-width`. A phone shows at least READABLE of it.
      svg.value = drawn.replace(/max-width: ([\d.]+px);/, `$& min-width: min($1, ${READABLE});`);
    }

    onMounted(draw);
    watch(isDark, draw);
    return () =>
      svg.value
        ? h('div', { class: 'mermaid-picture', tabindex: 0, innerHTML: svg.value })
        : h('pre', { class: 'mermaid-picture' }, decodeURIComponent(props.code));
  },
});
